#include "agent/broker/mqtt_connect.hpp"

namespace lanbridge::agent {
namespace {

Error malformed(const char* what) { return Error(Errc::malformed, std::string("CONNECT: ") + what); }

/// Reads a packet's fields; once one is not there, nothing is any more.
class Reader {
public:
    explicit Reader(std::string_view bytes) : left_(bytes) {}

    unsigned byte() {
        if (left_.empty()) return fail();
        const auto value = static_cast<unsigned char>(left_.front());
        left_.remove_prefix(1);
        return value;
    }
    std::size_t number() {
        const auto high = byte();
        return high << 8 | byte();
    }
    /// MQTT's variable length.
    std::size_t length() {
        std::size_t value = 0;
        for (unsigned shift = 0; shift <= 21; shift += 7) {
            const auto part = byte();
            value |= std::size_t{part & 0x7FU} << shift;
            if ((part & 0x80U) == 0) return value;
        }
        return fail();
    }
    std::string_view bytes(std::size_t count) {
        if (count > left_.size()) {
            fail();
            return {};
        }
        const auto taken = left_.substr(0, count);
        left_.remove_prefix(count);
        return taken;
    }
    std::string_view text() { return bytes(number()); }
    bool ok() const noexcept { return ok_; }
    bool at_end() const noexcept { return left_.empty(); }
    std::size_t left() const noexcept { return left_.size(); }

private:
    unsigned fail() {
        ok_ = false;
        left_ = {};
        return 0;
    }
    std::string_view left_;
    bool ok_ = true;
};

constexpr unsigned has_user = 0x80, has_password = 0x40, has_will = 0x04;

/// Bridges set the highest bit of the level.
unsigned level_of(std::string_view protocol, unsigned level) {
    level &= 0x7FU;
    if (protocol == "MQIsdp") return level == 3 ? level : 0;
    return protocol == "MQTT" && (level == 4 || level == 5) ? level : 0;
}

Result<std::optional<ConnectPacket>> read_body(Reader reader) {
    ConnectPacket packet;
    const auto protocol = reader.text();
    packet.level = level_of(protocol, reader.byte());
    if (packet.level == 0) return malformed("an unknown protocol");
    const auto flags = reader.byte();
    reader.number();  // keep-alive
    const bool has_properties = packet.level == 5;
    if (has_properties) reader.bytes(reader.length());
    reader.text();  // client id
    if ((flags & has_will) != 0) {
        if (has_properties) reader.bytes(reader.length());
        reader.text();
        reader.text();
    }
    if ((flags & has_user) != 0) packet.user = std::string(reader.text());
    if ((flags & has_password) != 0) packet.password = Secret(std::string(reader.text()));
    if (!reader.ok() || !reader.at_end()) return malformed("its fields do not fit its length");
    return std::optional<ConnectPacket>(std::move(packet));
}

bool same(std::string_view given, std::string_view right) {
    if (right.empty()) return given.empty();
    auto different = static_cast<unsigned>(given.size() != right.size());
    for (std::size_t i = 0; i < given.size(); ++i)
        different |=
            static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(right[i % right.size()]);
    return different == 0;
}

}  // namespace

Result<std::optional<ConnectPacket>> read_connect(std::string_view received) {
    constexpr unsigned connect = 0x10;
    if (received.empty()) return std::optional<ConnectPacket>();
    Reader reader(received);
    if (reader.byte() != connect) return malformed("another packet came first");
    const auto length = reader.length();
    if (!reader.ok()) {
        constexpr std::size_t longest_header = 5;
        if (received.size() >= longest_header) return malformed("a length without end");
        return std::optional<ConnectPacket>();
    }
    if (received.size() - reader.left() + length > longest_connect) return Error(Errc::too_large, "CONNECT");
    if (reader.left() < length) return std::optional<ConnectPacket>();
    return read_body(Reader(reader.bytes(length)));
}

Admission admission_of(const ConnectPacket& packet, const Login& login) {
    if (!packet.user && !packet.password) return Admission::no_login;
    const bool user = same(packet.user.value_or(std::string()), login.user);
    const bool password = packet.password && same(packet.password->reveal(), login.password.reveal());
    return static_cast<unsigned>(user) + static_cast<unsigned>(password) == 2 ? Admission::granted
                                                                              : Admission::wrong_login;
}

std::string refusal(unsigned level, Admission why) {
    const bool v5 = level == 5;
    char code = v5 ? '\x88' : '\x03';  // server unavailable
    if (why == Admission::wrong_login) code = v5 ? '\x86' : '\x04';
    if (why == Admission::no_login) code = v5 ? '\x87' : '\x05';
    std::string packet("\x20\x02\x00", 3);
    packet.push_back(code);
    if (v5) {
        packet[1] = '\x03';
        packet.push_back('\0');  // no properties
    }
    return packet;
}

}  // namespace lanbridge::agent
