#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meross/features_support.hpp"
#include "meross/hub/subdevice.hpp"

namespace lanbridge::test {

/// A subdevice's features, fed with the items that a hub would pick out for it.
class Subdevice {
public:
    Subdevice(std::string_view type, std::string_view id, bool has_onoff = false,
              meross::DeviceOptions options = {})
        : features_(meross::make_subdevice_features(facts(type, id, has_onoff, options))) {}

    model::Observations feed(std::string_view name, std::string_view item) { return give(name, json(item)); }
    model::Observations give(std::string_view name, const Json& item) {
        const std::string name_space = full(name);
        const meross::Reading reading{name_space, item, 0, moment_.wall_ms, zone_, moment_.now};
        model::Observations seen;
        for (auto& feature : features_) {
            if (!feature->reads(name_space)) continue;
            feature->read(reading, seen);
            described_anew_ = feature->take_description_changed() || described_anew_;
        }
        return seen;
    }
    bool take_described_anew() { return std::exchange(described_anew_, false); }

    std::vector<model::EntityDescription> entities() const {
        std::vector<model::EntityDescription> all;
        for (const auto& feature : features_) feature->describe(all);
        return all;
    }
    std::vector<std::string> keys() const {
        std::vector<std::string> keys;
        for (const auto& entity : entities()) keys.push_back(entity.key);
        std::ranges::sort(keys);
        return keys;
    }
    model::EntityDescription entity(std::string_view key) const {
        for (auto& entity : entities())
            if (entity.key == key) return entity;
        throw std::runtime_error("no entity " + std::string(key));
    }
    /// Null when it is not asked for.
    Json poll(std::string_view name) const {
        std::vector<meross::Poll> polls;
        for (const auto& feature : features_) feature->polls(polls);
        for (const auto& poll : polls)
            if (poll.request.name_space == full(name)) return poll.request.payload;
        return nullptr;
    }
    Result<meross::Action> command(std::string_view entity, std::string_view part, model::Value value) const {
        for (const auto& feature : features_)
            if (auto action = feature->command_at(wish(entity, part, value), moment_))
                return std::move(*action);
        return Error(Errc::not_found, std::string(entity));
    }
    Result<meross::Action> command(std::string_view entity, model::Value value) const {
        return command(entity, "state", std::move(value));
    }
    model::Observations accept(std::string_view entity, model::Value value, std::string_view reply) {
        model::Observations seen;
        for (const auto& feature : features_)
            if (feature->command(wish(entity, "state", value)))
                feature->accepted(wish(entity, "state", value), json(reply), moment_, seen);
        return seen;
    }
    void pass(std::chrono::milliseconds time) {
        moment_.now += time;
        moment_.wall_ms += time.count();
    }
    /// Minutes after the epoch.
    void at(std::int64_t minute) { moment_.wall_ms = minute * 60'000; }
    std::vector<meross::Request> tick(model::Observations* seen = nullptr) {
        std::vector<meross::Request> requests;
        model::Observations ignored;
        for (const auto& feature : features_)
            if (const auto at = feature->wakes_at(); at && *at <= moment_.now)
                feature->tick(moment_, requests, seen ? *seen : ignored);
        return requests;
    }

private:
    static meross::SubdeviceFacts facts(std::string_view type, std::string_view id, bool has_onoff,
                                        meross::DeviceOptions options) {
        meross::SubdeviceFacts facts;
        facts.id = id;
        facts.type = type;
        facts.has_onoff = has_onoff;
        facts.options = options;
        return facts;
    }
    static model::Command wish(std::string_view entity, std::string_view part, model::Value value) {
        return {model::DeviceId("meross_03000002"), entity, part, std::move(value)};
    }

    std::vector<meross::FeaturePtr> features_;
    meross::DeviceTime zone_;
    meross::Moment moment_;
    bool described_anew_ = false;
};

/// "Hub.ToggleX {…}": what a request is, in one line.
inline std::string shown(const meross::Request& request) {
    const std::string method = request.method == meross::Method::set ? "SET " : "GET ";
    return method + request.name_space.substr(10) + " " + request.payload.dump();
}

inline std::vector<std::string> sent(const Result<meross::Action>& action) {
    if (!action) return {action.error().text()};
    std::vector<std::string> lines{shown(action->request)};
    for (const auto& request : action->then) lines.push_back(shown(request));
    return lines;
}

inline std::vector<std::string> read_back(const Result<meross::Action>& action) {
    std::vector<std::string> lines;
    if (action)
        for (const auto& request : action->read_back) lines.push_back(shown(request));
    return lines;
}

inline bool refused(const Result<meross::Action>& action) {
    return action.has_error() && action.error().is(Errc::unsupported) && action.error().text().size() > 20;
}

inline model::Value word(std::string_view text) { return std::string(text); }

inline double part(const model::Observations& seen, std::string_view entity, std::string_view name) {
    double scratch = 0;
    const auto value = state(seen, entity, name);
    const double* number = model::as_double(value, scratch);
    return number ? *number : std::nan("");
}

inline const model::PartDescription& part(const model::EntityDescription& entity, std::string_view name) {
    return *std::ranges::find(entity.parts, name, &model::PartDescription::name);
}

}  // namespace lanbridge::test
