#include <algorithm>

#include "lanbridge/meross/discovery.hpp"
#include "meross/device/identify.hpp"
#include "meross/discovery/probe.hpp"
#include "meross/transport/http_transport.hpp"

namespace lanbridge::meross {
namespace {

KeyState state_of(const Error& error) {
    if (error.is(Errc::wrong_key)) return KeyState::wrong;
    if (error.is(Errc::encrypted_without_key)) return KeyState::encrypted_without_key;
    return KeyState::no_answer;
}

/// Who answered, as far as the hint had it right.
void take_over(Found& found, const Facts& facts) {
    found.model = facts.type;
    found.sub_type = facts.sub_type;
    found.firmware = facts.firmware_version;
    found.uuid = facts.uuid;
    if (found.sighting.uuid && *found.sighting.uuid != facts.uuid) {
        found.key = KeyState::lied;
        found.error = "the hint named " + found.sighting.uuid->value();
    }
}

/// A device that refuses our keys still says who it is.
asio::awaitable<void> learn_uuid(Context context, net::HttpPoster& http, Found& found) {
    auto answer = co_await probe(context, http, *found.sighting.endpoint);
    if (answer) found.uuid = sender_of(answer->header);
}

}  // namespace

std::string_view key_state_name(KeyState state) noexcept {
    switch (state) {
        case KeyState::ok:
            return "ok";
        case KeyState::empty:
            return "empty key";
        case KeyState::wrong:
            return "wrong key";
        case KeyState::encrypted_without_key:
            return "encrypted without key";
        case KeyState::lied:
            return "lied";
        case KeyState::no_answer:
            break;
    }
    return "no answer";
}

asio::awaitable<Found> examine(Context context, net::HttpPoster& http, Sighting sighting,
                               std::vector<Secret> keys) {
    Found found;
    found.uuid = sighting.uuid;
    found.model = sighting.model;
    found.sub_type = sighting.sub_type;
    found.firmware = sighting.firmware;
    found.sighting = std::move(sighting);
    const auto empty = keys.size();
    keys.emplace_back("");
    HttpTransport transport(context, http, *found.sighting.endpoint);
    KeyRing ring(keys, false);
    auto facts = co_await identify(transport, std::move(ring));
    if (facts) {
        const auto fitting =
            static_cast<std::size_t>(std::ranges::find(keys, transport.key()) - keys.begin());
        found.key = fitting == empty ? KeyState::empty : KeyState::ok;
        if (fitting != empty) found.key_index = fitting;
        take_over(found, *facts);
        co_return found;
    }
    found.key = state_of(facts.error());
    found.error = facts.error().text();
    if (!found.uuid && found.key == KeyState::wrong) co_await learn_uuid(context, http, found);
    co_return found;
}

}  // namespace lanbridge::meross
