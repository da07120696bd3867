#include "meross/hub/polls.hpp"

#include <algorithm>

#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/features/names.hpp"
#include "meross/hub/listing.hpp"

namespace lanbridge::meross {
namespace {

/// Where the namespace has no length of its own.
constexpr std::size_t usual_length = 8;

/// The question of a namespace, by first mention.
struct Question {
    std::string name_space;
    std::vector<Json> items;
};

std::vector<Question> by_name_space(const std::vector<SubdevicePoll>& wanted) {
    std::vector<Question> questions;
    for (const auto& poll : wanted) {
        if (poll.name_space == ns::hub_battery && !poll.online) continue;
        auto it = std::ranges::find(questions, poll.name_space, &Question::name_space);
        if (it == questions.end()) it = questions.insert(it, Question{poll.name_space, {}});
        if (std::ranges::find(it->items, poll.item) == it->items.end()) it->items.push_back(poll.item);
    }
    return questions;
}

}  // namespace

std::size_t list_length(std::string_view name_space, const ListLimits& limits) {
    if (const auto it = limits.find(name_space); it != limits.end()) return it->second;
    const Namespace* row = find_namespace(name_space, true);
    if (row && row->chunk > 0) return static_cast<std::size_t>(row->chunk);
    const bool itemised = name_space == ns::hub_battery || (row && row->index == IndexKey::sub_id);
    return itemised ? usual_length : 0;
}

std::vector<Poll> merge_polls(const std::vector<SubdevicePoll>& wanted, const ListLimits& limits) {
    std::vector<Poll> polls;
    for (auto& question : by_name_space(wanted)) {
        const auto length = list_length(question.name_space, limits);
        const auto count = question.items.size();
        if (length == 0) {
            polls.emplace_back(question.name_space, hub_request_payload(question.name_space, Json::array()),
                               static_cast<int>(count));
            continue;
        }
        for (std::size_t begin = 0; begin < count; begin += length) {
            Json list = Json::array();
            for (std::size_t i = begin; i < std::min(begin + length, count); ++i)
                list.push_back(question.items[i]);
            const auto items = static_cast<int>(list.size());
            polls.emplace_back(question.name_space, hub_request_payload(question.name_space, std::move(list)),
                               items);
        }
    }
    return polls;
}

}  // namespace lanbridge::meross
