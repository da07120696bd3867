#pragma once

#include <fstream>
#include <stdexcept>
#include <string>

#include "lanbridge/base/json.hpp"

namespace lanbridge::test {

/// One section of tests/data/meross-vectors.json; throws when it is not there, so that no test passes by
/// absence. Keeps the order of members: some vectors are exact texts.
inline const OrderedJson& meross_vectors(const char* section) {
    static const OrderedJson all = [] {
        std::ifstream file(LANBRIDGE_TEST_DATA "/meross-vectors.json");
        if (!file) throw std::runtime_error("tests/data/meross-vectors.json cannot be read");
        return OrderedJson::parse(file);
    }();
    const auto& found = all.at(section);
    if (found.empty()) throw std::runtime_error(std::string("no vectors in section ") + section);
    return found;
}

/// The text of a member.
inline std::string text(const OrderedJson& object, const char* member) {
    return object.at(member).get<std::string>();
}

/// The same value without the order of its members, as the library under test takes it.
inline Json plain(const OrderedJson& json) { return Json::parse(json.dump()); }

}  // namespace lanbridge::test
