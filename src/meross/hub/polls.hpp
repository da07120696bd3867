#pragma once

#include <map>
#include <string>
#include <vector>

#include "meross/features/action.hpp"

// How the questions of many subdevices become few requests.
namespace lanbridge::meross {

/// One subdevice's question: an item of a list.
struct SubdevicePoll {
    SubdevicePoll(std::string ns, Json i, bool on)
        : name_space(std::move(ns)), item(std::move(i)), online(on) {}
    std::string name_space;
    Json item;
    bool online;  ///< the subdevice
};

/// The longest lists that a hub answers, by namespace, where they were found to be shorter than usual.
using ListLimits = std::map<std::string, std::size_t, std::less<>>;
/// Subdevices in one request of this namespace; 0 = an empty list asks for all of them.
std::size_t list_length(std::string_view name_space, const ListLimits& limits);

/// Lists in chunks or, where that means all, one empty list. A battery is asked for only of subdevices that
/// are on line.
std::vector<Poll> merge_polls(const std::vector<SubdevicePoll>& wanted, const ListLimits& limits);

}  // namespace lanbridge::meross
