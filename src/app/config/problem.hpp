#pragma once

#include <string>

namespace lanbridge::app {

/// One mistake in a configuration: where it is, what belongs there, what stands there.
struct Problem {
    Problem() = default;
    std::string file;
    int line = 0;      ///< from 1; 0 where the whole file is meant
    int column = 0;    ///< from 1
    std::string path;  ///< "meross.devices[1].host"; empty for the document
    std::string expected;
    std::string found;  ///< never the value of a secret
    std::string hint;   ///< what to do, where that is not obvious

    /// "file:line:column: path: expected …, found … (hint)"
    std::string text() const;
};

}  // namespace lanbridge::app
