#include "lanbridge/registry/records.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "lanbridge/base/json.hpp"

namespace lanbridge::registry {
namespace {

constexpr std::int64_t format_version = 1;
/// Below this a reference saves nothing worth its bookkeeping.
constexpr std::size_t long_text = 256;

void append_quoted(std::string& out, const std::string& text) {
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Which texts several records share, numbered in order of appearance.
class SharedTexts {
public:
    explicit SharedTexts(const Snapshot& snapshot) {
        for (const auto& device : snapshot)
            for (const auto& record : device->records)
                if (record.text->size() >= long_text) ++uses_[record.text.get()];
    }
    /// The number of the text, or nothing for one that stands where it is used.
    std::optional<std::size_t> number(const Text& text) {
        const auto it = uses_.find(text.get());
        if (it == uses_.end() || it->second < 2) return std::nullopt;
        const auto [numbered, fresh] = numbers_.emplace(text.get(), order_.size());
        if (fresh) order_.push_back(text.get());
        return numbered->second;
    }
    const std::vector<const std::string*>& order() const noexcept { return order_; }

private:
    std::unordered_map<const std::string*, std::size_t> uses_;
    std::unordered_map<const std::string*, std::size_t> numbers_;
    std::vector<const std::string*> order_;
};

/// Builds the records while the parser runs over the text: a tree of the whole file would take several times
/// its size. `$.devices.<id>.<topic>` is depth 3.
class Reader : public nlohmann::json_sax<Json> {
public:
    explicit Reader(TextPool& pool) : pool_(pool) {}

    bool key(string_t& name) override {
        if (depth_ == 1) section_ = name;
        if (depth_ == 2 && section_ == "devices")
            device_ = std::make_shared<DeviceRecords>(model::DeviceId(std::move(name)));
        else if (depth_ == 3)
            topic_ = std::move(name);
        return true;
    }
    bool string(string_t& text) override {
        if (depth_ == 2 && section_ == "texts") {
            texts_.push_back(pool_.intern(std::move(text)));
            return true;
        }
        if (depth_ == 3 && device_) {
            device_->records.emplace_back(std::move(topic_), pool_.intern(std::move(text)));
            return true;
        }
        return refuse("a text where none belongs");
    }
    bool number_unsigned(number_unsigned_t number) override {
        if (depth_ == 1 && section_ == "version") {
            version_ = number;
            return number <= static_cast<number_unsigned_t>(format_version);
        }
        if (depth_ != 3 || !device_ || number >= texts_.size()) return refuse("a number where none belongs");
        device_->records.emplace_back(std::move(topic_), texts_[static_cast<std::size_t>(number)]);
        return true;
    }
    bool start_object(std::size_t) override {
        ++depth_;
        if (depth_ == 1 || (section_ == "devices" && depth_ <= 3)) return true;
        return refuse("an object where none belongs");
    }
    bool end_object() override {
        if (depth_-- == 3 && device_) snapshot_.push_back(std::move(device_));
        return true;
    }
    bool start_array(std::size_t) override {
        ++depth_;
        return (section_ == "texts" && depth_ == 2) || refuse("a list where none belongs");
    }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool null() override { return refuse("null"); }
    bool boolean(bool) override { return refuse("a truth value"); }
    bool number_integer(number_integer_t) override { return refuse("a negative number"); }
    bool number_float(number_float_t, const string_t&) override { return refuse("a fraction"); }
    bool binary(binary_t&) override { return refuse("binary data"); }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        broken_at_ = at;
        return false;
    }

    Result<Snapshot> result(bool sound, std::size_t size) && {
        if (version_ && *version_ > static_cast<std::uint64_t>(format_version))
            return Error(Errc::unsupported, "format " + std::to_string(*version_) + " of a newer lanbridge");
        if (broken_at_)
            return Error(
                *broken_at_ >= size ? Errc::truncated : Errc::malformed,
                "broken at character " + std::to_string(*broken_at_) + " of " + std::to_string(size));
        if (!sound) return Error(Errc::malformed, why_);
        if (!version_) return Error(Errc::malformed, "no version");
        return std::move(snapshot_);
    }

private:
    bool refuse(std::string_view what) {
        why_ = std::string(what) + " below $." + section_;
        return false;
    }

    TextPool& pool_;
    int depth_ = 0;
    std::string section_;
    std::string topic_;
    std::shared_ptr<DeviceRecords> device_;
    std::vector<Text> texts_;
    Snapshot snapshot_;
    std::optional<std::uint64_t> version_;
    std::optional<std::size_t> broken_at_;
    std::string why_;
};

void append_device(std::string& out, const DeviceRecords& device, SharedTexts& shared) {
    append_quoted(out, device.id.value());
    out += ":{";
    const char* comma = "";
    for (const auto& record : device.records) {
        out += std::exchange(comma, ",");
        append_quoted(out, record.topic);
        out += ':';
        if (const auto number = shared.number(record.text))
            out += std::to_string(*number);
        else
            append_quoted(out, *record.text);
    }
    out += '}';
}

}  // namespace

Text TextPool::intern(std::string text) {
    if (text.size() < long_text) return std::make_shared<const std::string>(std::move(text));
    const auto hash = std::hash<std::string>()(text);
    const auto [begin, end] = texts_.equal_range(hash);
    for (auto it = begin; it != end; ++it)
        if (auto known = it->second.lock(); known && *known == text) return known;
    if (texts_.size() >= sweep_at_) {
        std::erase_if(texts_, [](const auto& entry) { return entry.second.expired(); });
        sweep_at_ = 2 * texts_.size() + 64;
    }
    text.shrink_to_fit();
    auto shared = std::make_shared<const std::string>(std::move(text));
    texts_.emplace(hash, shared);
    return shared;
}

const Record* DeviceRecords::find(std::string_view topic) const noexcept {
    const auto it =
        std::ranges::find(records, topic, [](const auto& r) { return std::string_view(r.topic); });
    return it == records.end() ? nullptr : &*it;
}

std::string encode_records(const Snapshot& snapshot) {
    SharedTexts shared(snapshot);
    std::string devices;
    const char* comma = "\n";
    for (const auto& device : snapshot) {
        devices += std::exchange(comma, ",\n");
        append_device(devices, *device, shared);
    }
    std::string out = "{\"version\":" + std::to_string(format_version) + ",\"texts\":[";
    comma = "\n";
    for (const auto* text : shared.order()) {
        out += std::exchange(comma, ",\n");
        append_quoted(out, *text);
    }
    out += "],\"devices\":{";
    out += devices;
    out += "}}\n";
    return out;
}

Result<Snapshot> decode_records(std::string_view text, TextPool& pool) {
    Reader reader(pool);
    const bool sound = Json::sax_parse(text, &reader);
    return std::move(reader).result(sound, text.size());
}

}  // namespace lanbridge::registry
