// The small readers of texts from outside: JSON, hex, base64, uuids, addresses.
#include "fuzz.hpp"
#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/time_zone.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"

using namespace lanbridge;
using lanbridge::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::as_input(data, size);

    if (const auto json = parse_json(input)) {
        const auto again = parse_json(dump_json(*json));
        require(again && *again == *json, "JSON survives being written and read");
        int_or(*json, {"a", "b"}, 0);
        number_or(*json, {"a", "b"}, 0);
        string_or(*json, {"a", "b"}, "");
        read_int64(*json, {"a"});
    }
    if (const auto bytes = from_hex(input))
        require(to_hex(*bytes).size() == size, "hex has two digits per byte");
    require(from_base64(to_base64({data, size})).value() == Bytes(data, data + size), "base64 comes back");
    from_base64(input);

    if (const auto uuid = meross::parse_uuid(input))
        require(meross::mac_of(*uuid).size() == 17, "every uuid has a MAC address");
    const auto address = meross::parse_broker_address(input);
    require(address.port > 0 && address.port < 65536, "every broker address has a port");
    meross::default_get_payload(input, {});
    known_zone(input);
    return 0;
}
