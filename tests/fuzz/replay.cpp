// Runs a fuzz target where there is no libFuzzer: every file of a corpus, and a fixed series of mutations of
// each. usage: fuzz_NAME CORPUS-FOLDER
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

/// Enough to meet each kind of damage at many places of each file, few enough for a second or two.
constexpr int mutations_in_all = 6000;

constexpr std::array<std::string_view, 14> dictionary{R"(,{"header":)",
                                                      "]}}",
                                                      R"("payload":)",
                                                      R"({"header":{)",
                                                      "\\u0000",
                                                      "\\ud800",
                                                      "\"",
                                                      "[[[[[[[[",
                                                      "}",
                                                      "-1e309",
                                                      "18446744073709551616",
                                                      "\xff",
                                                      "=",
                                                      R"("namespace":"")"};

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file()) paths.push_back(entry.path());
    std::ranges::sort(paths);  // the same series everywhere
    std::vector<std::string> inputs;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return inputs;
}

class Mutator {
public:
    explicit Mutator(const std::vector<std::string>& corpus) : corpus_(corpus) {}

    std::string mutate(std::string input) {
        const auto times = 1 + below(4);
        for (std::size_t i = 0; i < times; ++i) once(input);
        return input;
    }

private:
    // not a std:: distribution: their results differ between libraries
    std::size_t below(std::size_t bound) {
        return bound == 0 ? 0 : static_cast<std::size_t>(engine_() % bound);
    }
    std::size_t place(const std::string& input) { return below(input.size() + 1); }

    void once(std::string& input) {
        const auto at = place(input);
        switch (below(7)) {
            case 0:
                input.resize(at);
                break;  // cut off, as devices do
            case 1:
                input.erase(at, 1 + below(40));
                break;
            case 2:
                input.insert(at, dictionary[below(dictionary.size())]);
                break;
            case 3:
                input.insert(at, input.substr(place(input), below(60)));
                break;
            case 4:
                splice(input, at);
                break;
            case 5:
                input.insert(at, 1, static_cast<char>(below(256)));
                break;
            default:
                if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        }
    }

    void splice(std::string& input, std::size_t at) {
        const auto& other = corpus_[below(corpus_.size())];
        input = input.substr(0, at) + other.substr(place(other));
    }

    const std::vector<std::string>& corpus_;
    std::mt19937_64 engine_{20231114};
};

void run(const std::string& input) {
    // a copy of exactly this size, so that AddressSanitizer sees a read past the end
    const std::vector<std::uint8_t> exact(input.begin(), input.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    const auto corpus = read_corpus(argv[1]);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s holds no files\n", argv[1]);
        return 1;
    }
    run("");
    Mutator mutator(corpus);
    const auto each = mutations_in_all / static_cast<int>(corpus.size());
    for (const auto& input : corpus) {
        run(input);
        for (int i = 0; i < each; ++i) run(mutator.mutate(input));
    }
    std::printf("%zu inputs, %d mutations of each\n", corpus.size(), each);
    return 0;
}
