#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace lanbridge::agent::testing {

/// One section of the vectors that were recorded from openmiio_agent 1.2.1.
inline nlohmann::json vectors(const std::string& section) {
    std::ifstream file(LANBRIDGE_TEST_DATA "/gateway_agent.json");
    return nlohmann::json::parse(file).at(section);
}

}  // namespace lanbridge::agent::testing
