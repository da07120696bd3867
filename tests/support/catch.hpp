#pragma once

// Catch2 2.13 (Debian 12) and 3 (Debian 13, Ubuntu 24.04) behind one header.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "lanbridge/base/error.hpp"

/// A result prints its error; its value need not be printable.
template <class T>
struct Catch::StringMaker<boost::system::result<T, lanbridge::Error>> {
    static std::string convert(const boost::system::result<T, lanbridge::Error>& result) {
        return result.has_value() ? "a value" : result.error().text();
    }
};

namespace lanbridge::test {
using Catch::Matchers::WithinAbs;
#if __has_include(<catch2/catch_test_macros.hpp>)
using Catch::Matchers::ContainsSubstring;
#else
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
}  // namespace lanbridge::test
