#include "lanbridge/sim/gateway/vendor_app.hpp"

#include <array>

#include "packet_end.hpp"

namespace lanbridge::sim {
namespace {

using namespace std::string_view_literals;

constexpr std::array garbage{
    "x"sv,
    "\0\0\0"sv,
    "{"sv,
    "}{"sv,
    "[]"sv,
    "null"sv,
    "5"sv,
    "\"text\""sv,
    "{\"method\":5}"sv,
    "{\"id\":}"sv,
    "{\"method\":\"register\",\"key\":1}"sv,
    "{\"method\":\"bind\",\"address\":\"2\"}"sv,
    "{\"method\":\"bind\",\"address\":-1}"sv,
    "{\"id\":99999999999999999999,\"_to\":1e3,\"method\":\"\\ud800\"}"sv,
    "\xff\xfe\xfd{}"sv,
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["sv,
};

}  // namespace

class VendorApp::Impl {
public:
    Impl(Context c, std::string p) : context(std::move(c)), path(std::move(p)), inbox(context) {}
    Context context;
    std::string path;
    Inbox inbox;
    std::shared_ptr<PacketEnd> end;
    bool reads = true;
};

VendorApp::VendorApp(Context context, std::string path)
    : impl_(std::make_shared<Impl>(std::move(context), std::move(path))) {}

VendorApp::~VendorApp() { close(); }

Result<void> VendorApp::connect() {
    close();
    auto socket = net::connect_seqpacket(impl_->context.executor, impl_->path);
    if (!socket) return std::move(socket).error();
    impl_->end = std::make_shared<PacketEnd>(
        std::move(*socket), [impl = impl_.get()](std::string_view text) { impl->inbox.add(text); });
    impl_->end->set_reading(impl_->reads);
    return {};
}

void VendorApp::close() {
    if (impl_->end) impl_->end->close();
    impl_->end.reset();
}

bool VendorApp::connected() const { return impl_->end && impl_->end->is_open(); }

bool VendorApp::send(std::string_view datagram) { return impl_->end && impl_->end->send(datagram); }

bool VendorApp::bind(std::int32_t address) {
    return send("{\"address\":" + std::to_string(address) + ",\"method\":\"bind\"}");
}

bool VendorApp::handle(std::string_view method) {
    return send("{\"method\":\"register\",\"key\":\"" + std::string(method) + "\"}");
}

void VendorApp::set_reading(bool reads) {
    impl_->reads = reads;
    if (impl_->end) impl_->end->set_reading(reads);
}

void VendorApp::flood(std::string datagram, std::uint64_t count) {
    if (impl_->end) impl_->end->flood(std::move(datagram), count);
}

std::uint64_t VendorApp::flood_left() const { return impl_->end ? impl_->end->flood_left() : 0; }

int VendorApp::send_garbage() {
    int sent = 0;
    for (const auto text : garbage) sent += send(text) ? 1 : 0;
    return sent;
}

std::string VendorApp::huge(std::size_t bytes, std::string_view method) {
    std::string text = "{\"id\":1,\"method\":\"" + std::string(method) + "\",\"params\":\"";
    constexpr std::string_view tail = "\"}";
    if (text.size() + tail.size() < bytes) text.append(bytes - text.size() - tail.size(), 'x');
    return text.append(tail);
}

Inbox& VendorApp::inbox() { return impl_->inbox; }

asio::awaitable<Result<std::string>> VendorApp::next(TimeSource::Clock::duration limit) {
    return impl_->inbox.next(limit);
}

}  // namespace lanbridge::sim
