#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/meross/protocol/message.hpp"

// Control.Multiple: several requests in one, and what devices do to the answer. Facts:
// docs/protocols/meross.md.
namespace lanbridge::meross {

/// A request without envelope.
struct Request {
    Request() = default;
    Request(std::string_view ns, Method m, Json p) : name_space(ns), method(m), payload(std::move(p)) {}
    std::string name_space;
    Method method = Method::get;
    Json payload = Json::object();
};

inline constexpr std::string_view multiple_namespace = "Appliance.Control.Multiple";

/// The payload of a Multiple request. Inner headers carry message id, method and namespace only.
Json pack_multiple(std::span<const Request> requests, Random& random);
/// The inner messages, in order. An entry with an empty namespace takes that of the request at its place.
std::vector<Message> unpack_multiple(const Json& payload, std::span<const Request> requests);
/// Which requests got no answer (first match by namespace), as indices.
std::vector<std::size_t> unanswered(std::span<const Request> requests, std::span<const Message> answers);

/// Saves what can be saved of a cut-off answer: cuts at the last `,{"header":` and closes the brackets.
/// Nothing when the text is garbage rather than cut, is no Multiple, or has no place to cut.
std::optional<Message> recover_truncated(std::string_view text);

/// What is known of the longest answer a device can give; all lengths are characters of JSON.
class ResponseSizeModel {
public:
    explicit ResponseSizeModel(int max_cmd_num) : max_(static_cast<double>(max_cmd_num) * 800) {}
    void received(std::size_t chars);
    void multiple_unanswered();
    void truncated(std::size_t chars);
    double min() const noexcept { return min_; }
    double max() const noexcept { return max_; }

private:
    double min_ = 1000;
    double max_;
};

/// One thing to ask for in a poll, with the expected length of its answer.
struct PackItem {
    PackItem(Request r, double e) : request(std::move(r)), estimate(e) {}
    Request request;
    double estimate;
};
/// Groups `due` into batches that fit, and fills spare slots of a batch with `lazy` items (least recently
/// polled first). A batch of one is sent plain. `max_cmd_num` <= 1: no packing.
struct PackPlan {
    std::vector<std::vector<std::size_t>> due_batches;    ///< indices into `due`
    std::vector<std::vector<std::size_t>> lazy_in_batch;  ///< per batch, indices into `lazy`
};
PackPlan plan_batches(std::span<const PackItem> due, std::span<const PackItem> lazy, int max_cmd_num,
                      const ResponseSizeModel& sizes);

}  // namespace lanbridge::meross
