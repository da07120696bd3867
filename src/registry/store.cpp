#include "lanbridge/registry/store.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <utility>

#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::registry {
namespace {

const log::Logger logger("registry.store");

/// A guard against reading something that is not ours: 10,000 devices with all their records stay below 100
/// MB.
constexpr std::size_t max_file_size = 512u << 20;

std::string compact_time(std::int64_t epoch_s) {
    const auto when = static_cast<std::time_t>(epoch_s);
    std::tm fields{};
    gmtime_r(&when, &fields);
    char text[32];
    const auto length = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &fields);
    return std::string(text, length);
}

bool is_removed(const DeviceRecords& device) { return device.find(model::removed_topic) != nullptr; }

/// A directory that cannot be used is no reason not to start; one that belongs to another daemon is.
Result<std::optional<DataLock>> claim(const std::string& directory) {
    std::error_code ec;
    std::filesystem::create_directories(directory, ec);
    auto lock = DataLock::acquire(directory);
    if (lock) return std::optional<DataLock>(std::move(lock).value());
    if (lock.error().is(Errc::busy)) return std::move(lock).error();
    logger.warn("{}; what is learnt is lost at the next restart until that directory can be written",
                lock.error().text());
    return std::optional<DataLock>();
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(Context context, std::string directory) {
    auto lock = claim(directory);
    if (!lock) return std::move(lock).error();
    std::unique_ptr<Store> store(
        new Store(std::move(context), std::move(directory), std::move(lock).value()));
    store->load();
    store->nursery_.start("store", store->keep_saved());
    return store;
}

Store::Store(Context context, std::string directory, std::optional<DataLock> lock)
    : context_(std::move(context)),
      directory_(std::move(directory)),
      path_(directory_ + "/devices.json"),
      lock_(std::move(lock)),
      dirty_(context_.executor),
      hurry_(context_.executor),
      written_(context_.executor),
      settled_(context_.executor),
      self_(std::make_shared<Store*>(this)),
      nursery_(context_.executor) {}

Store::~Store() { *self_ = nullptr; }

/// Nothing, or why the file could not be used.
std::optional<Error> Store::load_from(const std::string& path) {
    auto text = read_file(path, max_file_size);
    if (!text) return std::move(text).error();
    auto snapshot = decode_records(*text, texts_);
    if (!snapshot) return snapshot.error().in(path);
    for (auto& device : *snapshot) {
        model::DeviceId id = device->id;
        devices_.insert_or_assign(std::move(id), std::move(device));
    }
    return std::nullopt;
}

void Store::load() {
    const auto failure = load_from(path_);
    if (!failure) return;
    const bool missing = failure->is(Errc::not_found);
    if (!missing) set_aside(*failure);
    const auto second = load_from(path_ + ".1");
    if (!second)
        logger.warn("{}: the version before is used, with {} devices", path_, devices_.size());
    else if (!second->is(Errc::not_found))
        logger.error("{}: starting without what was learnt before", second->text());
    else if (!missing)
        logger.error("{}: there is no version before, starting without what was learnt", path_);
}

void Store::set_aside(const Error& why) {
    const std::string aside = path_ + ".damaged-" + compact_time(context_.time.wall_s());
    if (std::rename(path_.c_str(), aside.c_str()) == 0)
        logger.error("{}; it is kept as {}", why.text(), aside);
    else
        logger.error("{}", why.text());
}

std::optional<std::string> Store::recall(const model::DeviceId& device, std::string_view topic) const {
    const auto it = devices_.find(device);
    if (it == devices_.end()) return std::nullopt;
    const auto* record = it->second->find(topic);
    return record ? std::optional<std::string>(*record->text) : std::nullopt;
}

void Store::remember(const model::DeviceId& device, std::string_view topic, std::string json) {
    const auto it = devices_.find(device);
    const Record* known = it == devices_.end() ? nullptr : it->second->find(topic);
    if (known && *known->text == json) return;
    auto next = it == devices_.end() ? std::make_shared<DeviceRecords>(device)
                                     : std::make_shared<DeviceRecords>(*it->second);
    auto text = texts_.intern(std::move(json));
    if (known)
        next->records[static_cast<std::size_t>(known - it->second->records.data())].text = std::move(text);
    else
        next->records.emplace_back(std::string(topic), std::move(text));
    put(device, std::move(next));
}

void Store::put(const model::DeviceId& device, DeviceRecordsPtr records) {
    devices_.insert_or_assign(device, std::move(records));
    changed();
}

void Store::forget(const model::DeviceId& device) {
    if (devices_.erase(device) > 0) changed();
}

std::vector<model::DeviceId> Store::known() const {
    std::vector<model::DeviceId> ids;
    for (const auto& [id, records] : devices_)
        if (!is_removed(*records)) ids.push_back(id);
    return ids;
}

void Store::mark_removed(const model::DeviceId& device) {
    auto records = std::make_shared<DeviceRecords>(device);
    records->records.emplace_back(std::string(model::removed_topic), texts_.intern("true"));
    put(device, std::move(records));
}

std::vector<model::DeviceId> Store::removed() const {
    std::vector<model::DeviceId> ids;
    for (const auto& [id, records] : devices_)
        if (is_removed(*records)) ids.push_back(id);
    return ids;
}

void Store::pardon_removed() {
    for (const auto& id : removed()) forget(id);
}

}  // namespace lanbridge::registry
