#include <algorithm>
#include <array>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/whole_number.hpp"

namespace lanbridge::meross {
namespace {

/// By the device's numbers, from 1.
constexpr std::array<std::string_view, 11> songs{
    "Cicada Chirping", "Rain Sound", "Ripple Sound", "Birdsong", "Lullaby",    "Fan Sound",
    "Crystal Ball",    "Music Box",  "White Noise",  "Thunder",  "Ocean Wave",
};
constexpr int song_count = static_cast<int>(songs.size());
constexpr int loudest = 16;

/// Songs of a sound machine. "Mute" is its word for stopped.
class SoundMachine final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        out.push_back(model::make_select("song", std::vector<std::string>(songs.begin(), songs.end())));
        auto volume = model::make_number("volume", model::NumberRange{0, loudest, 1}, "");
        volume.category = model::Category::none;
        out.push_back(std::move(volume));
        out.push_back(model::make_switch("play"));
        out.push_back(model::make_button("next"));
        out.push_back(model::make_button("previous"));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::mp3, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::mp3; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "mp3", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            if (const auto song = int_or(item, {"song"}, 0); song >= 1 && song <= song_count) {
                song_ = static_cast<int>(song);
                out.emplace_back("song", std::string(songs[static_cast<std::size_t>(song - 1)]));
            }
            if (const auto volume = int_or(item, {"volume"}, -1); volume >= 0 && volume <= loudest)
                out.emplace_back("volume", volume);
            if (const auto mute = flag_of(item, "mute")) {
                playing_ = !*mute;
                out.emplace_back("play", playing_);
            }
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == "song") return choose(command);
        if (command.entity == "volume") return set_volume(command);
        if (command.entity == "play") return play(command);
        if (command.entity == "next") return skip(command, 1);
        if (command.entity == "previous") return skip(command, -1);
        return std::nullopt;
    }

private:
    static Json ask() { return payload_of("mp3", Json::object()); }

    /// The device takes one member per command.
    static Request set(std::string_view member, int value) {
        Json mp3 = channel_object(0);
        mp3[std::string(member)] = value;
        return Request(ns::mp3, Method::set, payload_of("mp3", std::move(mp3)));
    }

    static Action confirmed(Request request) {
        Action action(std::move(request));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::mp3, Method::get, ask());
        return action;
    }

    /// Who chooses a song wants to hear it.
    Result<Action> choose(const model::Command& command) const {
        const auto* name = std::get_if<std::string>(&command.value);
        const auto song = std::ranges::find_if(songs, [name](auto s) { return name && s == *name; });
        if (song == songs.end()) return Error(Errc::invalid_value, "there is no such song");
        Action action = confirmed(set("song", static_cast<int>(song - songs.begin()) + 1));
        if (!playing_) {
            action.then.push_back(set("mute", 0));
            action.read_back_always = true;  // the first push tells only of the song
        }
        return action;
    }

    static Result<Action> set_volume(const model::Command& command) {
        const auto volume = whole_number_of(command);
        if (!volume) return volume.error();
        return confirmed(set("volume", *volume));
    }

    static Result<Action> play(const model::Command& command) {
        const auto on = on_off_of(command);
        if (!on) return on.error();
        return confirmed(set("mute", *on ? 0 : 1));
    }

    /// A stopped machine stays silent: only its place in the list changes.
    Result<Action> skip(const model::Command& command, int step) const {
        if (!song_)
            return Error(Errc::unsupported, command.entity + ": the device has not yet told its song; " +
                                                "try again once it has");
        return confirmed(set("song", (*song_ - 1 + step + song_count) % song_count + 1));
    }

    std::optional<int> song_;
    bool playing_ = false;
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_sound_machine(const Facts& facts) {
    if (!facts.has(ns::mp3)) return nullptr;
    return std::make_unique<SoundMachine>();
}

}  // namespace lanbridge::meross
