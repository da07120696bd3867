#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support.hpp"

namespace lanbridge::bench {

/// A promise of the project: `judged` against `limit`.
struct Budget {
    enum class Kind { at_most, at_least };
    Kind kind = Kind::at_most;
    double limit = 0;
    double judged = 0;   ///< the measured value itself, or what follows from it and the baseline
    std::string phrase;  ///< of `judged`: "added", "x bare"
    bool kept() const { return kind == Kind::at_most ? judged <= limit : judged >= limit; }
};

/// One measured value beside what a bare program needs for the same.
struct Measurement {
    std::string what;
    std::string unit;
    double measured = 0;
    std::optional<double> baseline;
    std::optional<Budget> budget;
    /// Nothing without a baseline, or with one too small to be seen.
    std::optional<double> ratio() const {
        if (!baseline || *baseline == 0) return std::nullopt;
        return measured / *baseline;
    }
};

/// Collects what one benchmark measured. With `--json` stdout gets one JSON document and stderr the lines for
/// people; without it the lines go to stdout. With `--quick` no budget is judged: there is too little to
/// judge by.
class Report {
public:
    Report(std::string name, const Arguments& arguments);
    void note(const std::string& sentence);
    void add(Measurement measurement);
    /// Prints the JSON document where it is wanted; the exit status is always 0: figures fail nothing.
    int finish() const;

private:
    std::string name_;
    bool json_;
    bool quick_;
    std::vector<std::string> notes_;
    std::vector<Measurement> measurements_;
};

}  // namespace lanbridge::bench
