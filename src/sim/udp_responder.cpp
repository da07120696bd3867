#include "lanbridge/sim/udp_responder.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "lanbridge/base/log.hpp"

namespace lanbridge::sim {

namespace {

using asio::ip::address_v4;
using asio::ip::udp;

const log::Logger logger("sim");

/// The ids under which the applications of the two brands ask.
constexpr std::string_view meross_id = "49f33d8a2de2f2089ccf45ba8cdd4440";
constexpr std::string_view refoss_id = "48cbd88f969eb3c486085cfe7b5eb1e4";
/// A question has some 60 bytes; what is longer is none.
constexpr std::size_t max_question = 512;

struct Datagram {
    std::string text;
    address_v4 asked;  ///< the address it was sent to
    address_v4 sender;
};

/// One datagram with the address it was sent to, which Asio does not tell.
std::optional<Datagram> receive(int descriptor) {
    char text[max_question + 1];
    alignas(cmsghdr) char control[256];
    sockaddr_in from{};
    iovec part{text, sizeof text};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const auto size = ::recvmsg(descriptor, &message, MSG_DONTWAIT);
    if (size < 0) return {};
    Datagram datagram;
    datagram.text.assign(text, static_cast<std::size_t>(size));
    datagram.sender = address_v4(ntohl(from.sin_addr.s_addr));
    for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level != IPPROTO_IP || each->cmsg_type != IP_PKTINFO) continue;
        in_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(each), sizeof info);
        datagram.asked = address_v4(ntohl(info.ipi_addr.s_addr));
    }
    return datagram;
}

}  // namespace

std::optional<UdpQuestion> parse_udp_question(std::string_view text) {
    if (text.size() > max_question) return {};
    const auto json = parse_json(text);
    if (!json || !json->is_object()) return {};
    UdpQuestion question;
    question.id = string_or(*json, {"id"}, "");
    question.name = string_or(*json, {"devName"}, "");
    const bool hex = question.id.size() == 32 &&
                     std::ranges::all_of(question.id, [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!hex || question.name.empty()) return {};
    return question;
}

bool concerns(const UdpQuestion& question, const MerossDevice& device) {
    const bool refoss = device.blueprint().all_channels_by_65535;
    if (question.id == (refoss ? meross_id : refoss_id)) return false;
    return question.name == "*" || question.name == device.blueprint().type();
}

Json udp_answer(const MerossDevice& device, const asio::ip::tcp::endpoint& where) {
    const auto& all = device.blueprint().all;
    Json answer = Json::object();
    answer["devName"] = device.blueprint().type();
    answer["deviceType"] = device.blueprint().type();
    answer["subType"] = string_or(all, {"system", "hardware", "subType"}, "");
    answer["devSoftWare"] = string_or(all, {"system", "firmware", "version"}, "");
    answer["devHardWare"] = string_or(all, {"system", "hardware", "version"}, "");
    answer["ip"] = where.address().to_string();
    answer["port"] = where.port();
    answer["mac"] = device.mac();
    answer["uuid"] = device.identity().uuid.value();
    return answer;
}

UdpResponder::UdpResponder(Context context, Roll roll, UdpSettings settings)
    : context_(context),
      roll_(std::move(roll)),
      settings_(settings),
      socket_(context.executor),
      tasks_(context.executor) {}

Result<void> UdpResponder::listen() {
    error_code ec;
    socket_.open(udp::v4(), ec);
    // several programs on one machine may play devices: broadcasts reach all of them
    if (!ec) socket_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) socket_.bind(udp::endpoint(address_v4::any(), settings_.port), ec);
    if (!ec) socket_.non_blocking(true, ec);
    if (ec) {
        const auto text = "UDP port " + std::to_string(settings_.port) + ": " + ec.message();
        return Error(ec == asio::error::address_in_use ? Errc::busy : Errc::io, text);
    }
    const int on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    tasks_.start("simulated discovery", serve());
    return {};
}

std::uint16_t UdpResponder::port() const {
    error_code ignored;
    return socket_.local_endpoint(ignored).port();
}

void UdpResponder::close() {
    error_code ignored;
    socket_.close(ignored);
    tasks_.stop();
}

asio::awaitable<void> UdpResponder::serve() {
    while (socket_.is_open()) {
        auto [ec] = co_await socket_.async_wait(udp::socket::wait_read, as_result);
        if (ec) co_return;
        while (socket_.is_open()) {
            const auto datagram = receive(socket_.native_handle());
            if (!datagram) break;
            answer(datagram->text, datagram->asked, datagram->sender);
        }
    }
}

void UdpResponder::answer(std::string_view text, address_v4 asked, address_v4 sender) {
    const auto question = parse_udp_question(text);
    if (!question) return;
    ++questions_;
    if (faults_.silent) return;
    const auto present = roll_();
    const auto at = [asked](const Present& each) { return each.where.address() == asked; };
    const bool direct = std::ranges::any_of(present, at);
    for (const auto& each : present) {
        if (concerns(*question, *each.device) && (!direct || at(each))) send(each, sender);
    }
}

void UdpResponder::send(const Present& present, address_v4 to) {
    auto answer = udp_answer(*present.device, present.where);
    if (faults_.lies) faults_.lies(answer);
    const auto text = faults_.garbage ? std::string("\x00\xff{\"uuid\":", 10) : dump_json(answer);
    udp::socket out(context_.executor);
    error_code ec;
    out.open(udp::v4(), ec);
    if (!ec) out.bind(udp::endpoint(present.where.address(), 0), ec);
    if (!ec) out.non_blocking(true, ec);
    for (int copy = 0; !ec && copy < faults_.copies; ++copy) {
        out.send_to(asio::buffer(text), udp::endpoint(to, settings_.answer_port), 0, ec);
        if (!ec) ++answers_;
    }
    if (ec) logger.debug("simulated discovery: answer to {}: {}", to.to_string(), ec.message());
}

}  // namespace lanbridge::sim
