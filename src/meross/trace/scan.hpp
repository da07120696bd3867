#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {

/// Asks a device, one after another, for everything it lists, so that a trace shows what it has. Known
/// namespaces in their own shape, unknown ones in the shapes that others have; nothing that is known or
/// named to upset a device. Knows neither time nor sockets.
class AbilityScan {
public:
    AbilityScan(const Json& ability, const Json& all);

    /// The next question, or nothing when all has been asked. Answer it with `answered` before the next one.
    std::optional<Request> next();
    /// Nothing: no answer, or none of use.
    void answered(const std::optional<Message>& reply);

private:
    void plan(const std::string& name);
    void plan_unknown(const std::string& name);
    void plan_indexed(const std::string& name, const std::string& key);
    void ask(const std::string& name, Method method, Json payload);

    std::deque<std::string> names_;
    std::deque<Request> questions_;  ///< about the namespace at hand
    std::optional<Request> asked_;
    std::set<std::string> tried_keys_;
    bool known_ = false;
    bool indexed_ = false;  ///< the questions with an index are planned
    bool hub_ = false;
    std::string sub_id_;  ///< of any device behind the hub
};

/// Whether a namespace is left alone: useless, sensitive or harmful to ask for.
bool never_scanned(std::string_view name);

}  // namespace lanbridge::meross
