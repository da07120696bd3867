#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meross/features/feature.hpp"

// Most settings of a device are members of the one object in {"<key>":[{"channel":0,"<member>":n,…}]}. What
// they have in common is here; a feature of this kind is a table.
namespace lanbridge::meross {

/// One entity that shows a member of the object, and sets it where its component can. A row of a table.
struct ChannelSetting {
    std::string_view entity;
    std::string_view member;
    model::Component component = model::Component::number;
    double scale = 1;            ///< native units per published one
    model::NumberRange range{};  ///< of a number
    bool told_limits = false;    ///< of a number: the object's own `min` and `max` count, once told
    std::string_view unit{};     ///< of a number or a sensor
    std::string_view device_class{};
    int on = 1;                                   ///< of a switch
    int off = 0;                                  ///< of a switch; a binary sensor is on with anything else
    std::span<const std::string_view> options{};  ///< of a select, or of a sensor that shows words
    int first_option = 0;                         ///< the device's number for the first of them
    bool if_told = false;                         ///< there only once the device has told the member
    bool enabled = true;                          ///< by default
    model::Category category = model::Category::none;  ///< of a sensor; a setting is configuration
};

/// What a SET has to carry.
enum class SetScope : std::uint8_t {
    member,  ///< what changes
    object,  ///< what the table's rows set: the device takes all of it at once
};

/// A feature that is a table of settings in one namespace. All of them are of channel 0.
class ChannelSettings : public Feature {
public:
    /// The strings and rows outlive the feature.
    ChannelSettings(std::string_view name_space, std::string_view key, std::span<const ChannelSetting> rows,
                    SetScope scope = SetScope::member);

    void describe(std::vector<model::EntityDescription>& out) const override;
    void polls(std::vector<Poll>& out) const override;
    bool reads(std::string_view name_space) const override { return name_space == name_space_; }
    void read(const Reading& reading, model::Observations& out) override;
    void refused(std::string_view name_space) override;
    std::optional<Result<Action>> command(const model::Command& command) const override;

protected:
    /// What the device last told of a member.
    std::optional<double> told(std::string_view member) const;
    /// A last change to what is shown.
    virtual model::Value shown(const ChannelSetting& row, double native) const;
    /// Other members that have to go with the one that is set; `object` has the channel and that member.
    virtual void complete(const ChannelSetting& /*row*/, Json& /*object*/) const {}
    /// {"<key>":[{"channel":0}]}: other shapes answer with an empty list.
    Request ask() const;

private:
    model::EntityDescription described(std::size_t index) const;
    void take(const Json& item);
    void take_word(const ChannelSetting& row, double native);
    Result<Json> native_of(const ChannelSetting& row, const model::Command& command) const;
    Result<void> add_others(std::size_t index, Json& object) const;
    Result<Action> change(std::size_t index, const model::Command& command) const;

    std::string_view name_space_;
    std::string_view key_;
    std::span<const ChannelSetting> rows_;
    SetScope scope_;
    std::vector<std::optional<double>> told_;  // by row
    std::optional<double> min_;                // native
    std::optional<double> max_;
    std::vector<std::string>
        new_words_;  // numbers that stand for nothing we know, of sensors that show words
    bool refused_ = false;
};

}  // namespace lanbridge::meross
