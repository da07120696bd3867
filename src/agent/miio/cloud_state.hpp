#pragma once

#include <string>
#include <string_view>

#include "agent/json/message.hpp"
#include "agent/report.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge::agent {

/// Learns from the answers to `local.query_status` whether the vendor's cloud is there. Changes nothing.
class CloudState final : public AnswerPatch {
public:
    CloudState(TimeSource& time, MiioReport& report) : time_(time), report_(report) {}

    bool apply(const Question& question, Message& answer) override {
        if (question.message.method() != "local.query_status") return false;
        const auto state = answer.bare("params");
        if (state.empty() || state == state_) return false;
        state_ = state;
        const bool connected = state == "cloud_connected";
        report_.cloud_state = connected ? state_ : std::string();
        report_.cloud_since.reset();
        if (connected) {
            ++report_.cloud_starts;
            report_.cloud_since = time_.now();
        }
        return false;
    }

private:
    TimeSource& time_;
    MiioReport& report_;
    std::string state_;
};

}  // namespace lanbridge::agent
