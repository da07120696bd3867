#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/model/ids.hpp"

namespace lanbridge::registry {

using Text = std::shared_ptr<const std::string>;

/// Gives equal long texts one object while anybody uses it: thousands of devices of one kind say the same
/// about their abilities.
class TextPool {
public:
    Text intern(std::string text);

private:
    std::unordered_multimap<std::size_t, std::weak_ptr<const std::string>> texts_;  // by hash
    std::size_t sweep_at_ = 64;
};

struct Record {
    Record(std::string t, Text x) : topic(std::move(t)), text(std::move(x)) {}
    std::string topic;
    Text text;
};

/// All records of one device. Never changed once made, so that the writer's thread can read them while the
/// loop replaces them.
struct DeviceRecords {
    explicit DeviceRecords(model::DeviceId i) : id(std::move(i)) {}
    const Record* find(std::string_view topic) const noexcept;
    model::DeviceId id;
    std::vector<Record> records;
};
using DeviceRecordsPtr = std::shared_ptr<const DeviceRecords>;
using Snapshot = std::vector<DeviceRecordsPtr>;

/// The file's text: `{"version":1,"texts":[…],"devices":{"<id>":{"<topic>":"<json text>"|<index into
/// texts>}}}`. Texts that several records share are written once.
std::string encode_records(const Snapshot& snapshot);
/// Errors: `malformed` or `truncated` with the place, `unsupported` for the format of a newer program.
Result<Snapshot> decode_records(std::string_view text, TextPool& pool);

}  // namespace lanbridge::registry
