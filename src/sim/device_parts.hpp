#pragma once

#include "lanbridge/sim/device.hpp"

namespace lanbridge::sim {

/// What becomes of a request.
struct MerossDevice::Outcome {
    Outcome() = default;
    Outcome(meross::Method m, Json p) : kind(Reply::Kind::answer), method(m), payload(std::move(p)) {}
    explicit Outcome(Reply::Kind k) : kind(k) {}
    Reply::Kind kind = Reply::Kind::close;
    meross::Method method = meross::Method::error;
    Json payload = Json::object();
};

/// What a request, or one of those inside a Multiple, asks for.
struct MerossDevice::Query {
    std::string_view name_space;
    meross::Method method;
    const Json& payload;
    std::string_view message_id;
    Via via;
};

}  // namespace lanbridge::sim
