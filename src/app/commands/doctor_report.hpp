#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"

namespace lanbridge::app {

/// What the doctor has found, in the order of looking.
class DoctorReport {
public:
    enum class State {
        fine,
        note,    ///< worth knowing, nothing to do
        doubt,   ///< works, but not as well as it could
        broken,  ///< something that is wanted does not work
    };
    void fine(std::string_view area, std::string text) { add(area, State::fine, std::move(text), {}); }
    void note(std::string_view area, std::string text) { add(area, State::note, std::move(text), {}); }
    void doubt(std::string_view area, std::string text, std::string advice) {
        add(area, State::doubt, std::move(text), std::move(advice));
    }
    void broken(std::string_view area, std::string text, std::string advice) {
        add(area, State::broken, std::move(text), std::move(advice));
    }

    bool well() const;
    /// A line for each finding, what to do below it, and a verdict.
    std::string table() const;
    Json json() const;

private:
    struct Finding {
        std::string area;
        State state = State::fine;
        std::string text;
        std::string advice;
    };
    void add(std::string_view area, State state, std::string text, std::string advice);
    std::vector<Finding> findings_;
};

}  // namespace lanbridge::app
