#include "app/commands/lan_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace lanbridge::app {
namespace {

constexpr auto usual_timeout = 5s;
/// The longest sweep (a /20) takes less.
constexpr auto longest_sweep = 10min;
/// For devices that are being asked when the time is over.
constexpr auto last_answers = 8s;
/// Devices that are asked who they are at a time.
constexpr std::size_t asked_at_a_time = 16;
/// Beyond any home; what forged answers can fill.
constexpr std::size_t most_finds = 1024;
/// Every key is a request to each device that refuses the ones before.
constexpr std::size_t most_keys = 16;

void add_once(std::vector<std::string>& names, std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

}  // namespace

LanSearch::LanSearch(Context context, const Config& config, const DiscoverOptions& options)
    : context_(std::move(context)),
      config_(config),
      options_(options),
      http_(context_),
      finder_(context_, http_, finder_settings(), [this](const auto& sighting) { sighted(sighting); }),
      nursery_(context_.executor),
      asking_(context_.executor, asked_at_a_time),
      changed_(context_.executor) {
    collect_keys(config_.meross);
    if (config_.meross.discovery.mqtt)
        ear_.emplace(context_, config_,
                     [this](const auto& uuid, const auto& header) { heard(uuid, header); });
}

void LanSearch::collect_keys(const MerossConfig& config) {
    const auto add = [this](const Secret& key, std::string from) {
        if (key.empty() || keys_.size() == most_keys) return;  // the empty key is tried in any case
        if (std::ranges::find(keys_, key, &KnownKey::secret) == keys_.end())
            keys_.emplace_back(key, std::move(from));
    };
    for (std::size_t i = 0; i < config.keys.size(); ++i)
        add(config.keys[i], fmt::format("meross.keys[{}]", i));
    for (std::size_t i = 0; i < config.devices.size(); ++i)
        if (config.devices[i].key) add(*config.devices[i].key, fmt::format("meross.devices[{}].key", i));
}

meross::FinderSettings LanSearch::finder_settings() const {
    meross::FinderSettings settings;
    const auto& legs = config_.meross.discovery;
    settings.udp = legs.udp;
    settings.dhcp = legs.dhcp;
    settings.quiet = {};  // each way counts by itself
    auto subnets = legs.subnets;
    for (const auto& subnet : options_.subnets)
        if (std::ranges::find(subnets, subnet) == subnets.end()) subnets.push_back(subnet);
    for (const auto& subnet : subnets)
        settings.subnets.emplace_back(asio::ip::make_address_v4(subnet.address), subnet.prefix);
    std::vector<std::string> known;
    for (const auto& device : config_.meross.devices)
        if (device.host) known.push_back(device.host->host);
    settings.known_addresses = [known] { return known; };
    return settings;
}

void LanSearch::sighted(const meross::Sighting& sighting) {
    if (!sighting.endpoint) return;
    const auto place = sighting.endpoint->text();
    const bool known = finds_.contains(place);
    if (!known && finds_.size() == most_finds) return;
    auto& find = finds_[place];
    add_once(find.by, meross::found_by_name(sighting.by));
    if (find.hint.model.empty()) find.hint = sighting;
    if (known) return;
    nursery_.start("examining " + place, examine(place, sighting));
}

void LanSearch::heard(const meross::Uuid& uuid, const meross::Header& header) {
    if (heard_.size() == most_finds && !heard_.contains(uuid)) return;
    auto& device = heard_[uuid];
    for (std::size_t i = 0; i < keys_.size() && !device.key; ++i)
        if (meross::signature_valid(header, keys_[i].secret)) device.key = i;
}

asio::awaitable<void> LanSearch::examine(std::string place, meross::Sighting sighting) {
    auto turn = co_await asking_.enter();
    if (!turn) co_return;
    std::vector<Secret> keys;
    for (const auto& key : keys_) keys.push_back(key.secret);
    auto found = co_await meross::examine(context_, http_, std::move(sighting), std::move(keys));
    auto& find = finds_[place];
    find.found = std::move(found);
    find.examined = true;
    changed_.notify();
}

asio::awaitable<void> LanSearch::scan() {
    co_await finder_.scan();
    scanned_ = true;
    changed_.notify();
}

bool LanSearch::all_examined() const {
    return std::ranges::all_of(finds_, [](const auto& entry) { return entry.second.examined; });
}

void LanSearch::hurry() {
    hurried_ = true;
    changed_.notify();
}

asio::awaitable<void> LanSearch::wait(bool (LanSearch::*over)() const,
                                      TimeSource::Clock::time_point deadline) {
    while (!hurried_ && context_.time.now() < deadline) {
        if (over && (this->*over)()) co_return;
        co_await wait_signal_until(context_.time, changed_, deadline);
    }
}

asio::awaitable<void> LanSearch::run() {
    finder_.start();
    nursery_.start("scan", scan());
    if (ear_) nursery_.start("mqtt", ear_->listen());
    const auto began = context_.time.now();
    const TimeSource::Clock::duration limit = options_.timeout.value_or(usual_timeout);
    co_await wait(nullptr, began + limit);
    if (!options_.timeout) co_await wait(&LanSearch::scanned, began + longest_sweep);
    remark();
    finder_.stop();
    co_await wait(&LanSearch::all_examined, context_.time.now() + last_answers);
    co_await wind_down();
}

asio::awaitable<void> LanSearch::wind_down() {
    nursery_.stop();
    if (ear_) co_await ear_->close();
    while (!nursery_.idle() || !finder_.idle()) co_await asio::post(context_.executor, asio::use_awaitable);
}

void LanSearch::remark() {
    blind_ = !ear_ || !ear_->why_deaf().empty();
    for (const auto& leg : finder_.legs()) {
        if (leg.state == meross::LegStatus::State::running) {
            blind_ = false;
            if (leg.malformed > 0)
                remarks_.push_back(
                    fmt::format("{}: {} messages were nonsense and are ignored", leg.name, leg.malformed));
            continue;
        }
        remarks_.push_back(leg.name + ": " + leg.why);
    }
    if (!ear_)
        remarks_.emplace_back("mqtt: turned off: meross.discovery.mqtt");
    else if (!ear_->why_deaf().empty())
        remarks_.push_back("mqtt: " + ear_->why_deaf());
    if (!scanned_)
        remarks_.emplace_back(
            "the time was over before every address was asked; leave --timeout out, or give more");
}

FoundDevice LanSearch::show(const std::string& place, const Find& find) const {
    const auto& found = find.found;
    FoundDevice device;
    device.kind = "meross";
    device.address = place;
    device.model = found.model.empty() ? find.hint.model : found.model;
    device.firmware = found.firmware.empty() ? find.hint.firmware : found.firmware;
    if (found.uuid) device.uuid = found.uuid->value();
    device.mac = found.uuid ? meross::mac_of(*found.uuid) : find.hint.mac;
    device.name = find.hint.name;
    device.found_by = find.by;
    if (found.uuid && heard_.contains(*found.uuid)) add_once(device.found_by, "mqtt");
    device.key = meross::key_state_name(found.key);
    if (found.key_index) device.key_from = keys_[*found.key_index].from;
    device.error = found.error;
    return device;
}

FoundDevice LanSearch::show(const meross::Uuid& uuid, const Heard& heard) const {
    FoundDevice device;
    device.kind = "meross";
    device.uuid = uuid.value();
    device.mac = meross::mac_of(uuid);
    device.found_by = {"mqtt"};
    device.key = meross::key_state_name(heard.key ? meross::KeyState::ok : meross::KeyState::wrong);
    if (heard.key) device.key_from = keys_[*heard.key].from;
    return device;
}

std::vector<FoundDevice> LanSearch::found() const {
    std::vector<FoundDevice> out;
    for (const auto& [place, find] : finds_) out.push_back(show(place, find));
    for (const auto& [uuid, device] : heard_)
        if (std::ranges::find(out, uuid.value(), &FoundDevice::uuid) == out.end())
            out.push_back(show(uuid, device));
    return out;
}

}  // namespace lanbridge::app
