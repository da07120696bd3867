#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "meross/features/channel_setting.hpp"

namespace lanbridge::meross {

/// Settings that stand some objects deep in the channel's object: {"config":[{"channel":0,"a":{"b":{…}}}]}.
/// What stands beside them is sent back as it was told.
class NestedSettings final : public ChannelSettings {
public:
    NestedSettings(std::string_view name_space, std::string_view key, std::span<const ChannelSetting> rows,
                   std::vector<std::string_view> path, std::string_view sibling = {});

    void read(const Reading& reading, model::Observations& out) override;
    std::optional<Result<Action>> command(const model::Command& command) const override;

private:
    const Json* inner_of(const Json& item) const;

    std::string_view key_;
    std::vector<std::string_view> path_;
    std::string_view sibling_;  ///< a member beside the path that every SET repeats; "" = none
    Json sibling_value_;
    Json told_ = Json::object();  ///< the inner object
};

}  // namespace lanbridge::meross
