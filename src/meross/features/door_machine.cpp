#include "meross/features/door_machine.hpp"

#include <utility>

namespace lanbridge::meross {
namespace {

/// A door set to 30 s was seen to close in 32 s; and the contact is read only once a second.
constexpr auto closing_margin = std::chrono::seconds(5);
/// So long before an opening counts as failed, its contact is asked once more.
constexpr auto last_look = std::chrono::seconds(2);

}  // namespace

void DoorMachine::commanded(bool open, TimePoint now) {
    passed_ = open && contact_ == true;  // a push may come before the acknowledgement
    state_ = open ? DoorState::opening : DoorState::closing;
    since_ = now;
    until_ = open ? now + opening_ : now + closing_ + closing_margin;
}

void DoorMachine::contact(bool open, TimePoint now) {
    const auto before = std::exchange(contact_, open);
    if (state_ == DoorState::opening && open) passed_ = true;
    if (state_ == DoorState::opening && (open || !passed_)) return;  // time tells when it is open
    if (state_ == DoorState::closing && open) return;
    if (state_ == DoorState::closing) closing_time_ = std::chrono::duration_cast<Millis>(now - since_);
    if (moving() || before != open) rest(open, false);
}

void DoorMachine::tick(TimePoint now) {
    if (!moving() || now < until_) return;
    const bool wanted = state_ == DoorState::opening;
    const bool open = contact_.value_or(!wanted);
    rest(open, open != wanted);
}

std::optional<DoorMachine::TimePoint> DoorMachine::deadline() const noexcept {
    if (!moving()) return std::nullopt;
    return until_;
}

bool DoorMachine::doubtful(TimePoint now) const noexcept {
    if (state_ == DoorState::opening) return !passed_ && now >= until_ - last_look;
    return state_ == DoorState::closing && now >= until_ - closing_margin;
}

std::optional<DoorMachine::Millis> DoorMachine::take_closing_time() noexcept {
    return std::exchange(closing_time_, std::nullopt);
}

void DoorMachine::rest(bool open, bool timed_out) noexcept {
    state_ = open ? DoorState::open : DoorState::closed;
    timed_out_ = timed_out;
}

}  // namespace lanbridge::meross
