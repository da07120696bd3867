#include "app/config/learnt_keys.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "lanbridge/base/files.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

constexpr std::size_t largest_file = 256 * 1024;
/// Each is tried on a device that has no key of its own; people have one account or two.
constexpr std::size_t most_keys = 32;

std::string encoded(const std::vector<LearntKey>& keys) {
    Json list = Json::array();
    for (const auto& key : keys) {
        Json entry = Json::object();
        entry["key"] = key.key.reveal();
        entry["source"] = key.source;
        entry["name"] = key.name;
        list.push_back(std::move(entry));
    }
    Json all = Json::object();
    all["version"] = 1;
    all["keys"] = std::move(list);
    return dump_json(all) + '\n';
}

/// What root writes into the folder of another user must be readable for that user.
void give_to_owner(const std::filesystem::path& data, const std::string& file) {
    struct stat folder {};
    if (::geteuid() != 0 || ::stat(data.c_str(), &folder) != 0 || folder.st_uid == 0) return;
    if (::chown(file.c_str(), folder.st_uid, folder.st_gid) != 0)
        logger.warn("{} could not be given to the owner of {}", file, data.string());
}

}  // namespace

std::filesystem::path learnt_keys_file(const std::filesystem::path& data) { return data / "keys.json"; }

Result<std::vector<LearntKey>> read_learnt_keys(const std::filesystem::path& data) {
    const auto path = learnt_keys_file(data).string();
    std::vector<LearntKey> keys;
    auto text = read_file(path, largest_file);
    if (!text && text.error().is(Errc::not_found)) return keys;
    if (!text) return std::move(text).error();
    auto json = parse_json(*text);
    if (!json) return std::move(json).error().in(path);
    const auto* list = find_member(*json, {"keys"});
    if (!list || !list->is_array()) return Error(Errc::malformed, path + ": $.keys is no list");
    for (const auto& entry : *list) {
        Secret key(string_or(entry, {"key"}, ""));
        if (key.empty() || keys.size() == most_keys) continue;
        keys.emplace_back(std::move(key), string_or(entry, {"source"}, ""), string_or(entry, {"name"}, ""));
    }
    return keys;
}

Result<Secret> key_for_pairing(const std::vector<Secret>& configured, const std::filesystem::path& data,
                               Random& random, bool keep) {
    constexpr std::string_view pairing = "pairing";
    constexpr std::size_t key_bytes = 16;  // devices get 32 hex digits from the vendor as well
    for (const auto& key : configured)
        if (!key.empty()) return key;
    auto known = read_learnt_keys(data);
    if (!known) return std::move(known).error();
    const auto made = std::ranges::find(*known, pairing, &LearntKey::source);
    if (made != known->end()) return made->key;
    LearntKey fresh(Secret(random.hex(key_bytes)), std::string(pairing), "");
    if (keep)
        if (auto kept = keep_learnt_key(data, fresh); !kept) return std::move(kept).error();
    return std::move(fresh.key);
}

Result<void> keep_learnt_key(const std::filesystem::path& data, const LearntKey& key) {
    const auto path = learnt_keys_file(data).string();
    auto known = read_learnt_keys(data);
    if (!known && known.error().is(Errc::io)) return std::move(known).error();
    if (!known) {
        logger.warn("{}; it is kept as {}.damaged", known.error().text(), path);
        std::error_code ignored;
        std::filesystem::rename(path, path + ".damaged", ignored);
    }
    auto keys = known ? *std::move(known) : std::vector<LearntKey>();
    std::erase_if(keys, [&](const auto& old) { return old.source == key.source && old.name == key.name; });
    keys.push_back(key);
    if (keys.size() > most_keys) keys.erase(keys.begin());
    if (auto written = write_file_atomically(path, encoded(keys)); !written) return written;
    give_to_owner(data, path);
    return {};
}

}  // namespace lanbridge::app
