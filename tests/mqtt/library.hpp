#pragma once

namespace lanbridge::test {

/// Whether the program under test has Paho's C++ library, and MQTT 5 with it. library_cpp.cpp or
/// library_c.cpp says so.
bool has_mqtt5();

}  // namespace lanbridge::test
