#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <utility>

#include "lanbridge/base/json.hpp"

namespace lanbridge::admin {

/// What a request comes to: data, an error, or both (a device's own error comes with what it sent).
class Reply {
public:
    Reply(Json data) : data_(std::move(data)) {}
    Reply(Error error, Json data = nullptr) : data_(std::move(data)), error_(std::move(error)) {}
    Reply(Result<Json> result) {
        if (result)
            data_ = std::move(*result);
        else
            error_ = std::move(result).error();
    }
    const Json& data() const noexcept { return data_; }
    const std::optional<Error>& error() const noexcept { return error_; }

private:
    Json data_;
    std::optional<Error> error_;
};

/// Does what a request asks for. `args` is always an object: the message's own, without `transaction`; a
/// plain payload, JSON or not, is its member `value`; an empty payload an empty object.
using Handler = std::function<boost::asio::awaitable<Result<Json>>(Json args)>;
using ReplyHandler = std::function<boost::asio::awaitable<Reply>(Json args)>;

/// The device that a request names: its `device`, else its plain payload; "" when it names none.
std::string named_device(const Json& args);

}  // namespace lanbridge::admin
