#include "meross/device/unknowns.hpp"

#include <map>
#include <string>

#include "lanbridge/meross/protocol/namespaces.hpp"
#include "lanbridge/meross/protocol/obfuscation.hpp"

namespace lanbridge::meross {
namespace {

/// A firmware has some sixty namespaces; one that invents more is not worth the memory.
constexpr std::size_t max_names = 32;
constexpr std::size_t max_name_bytes = 64;
/// Enough to see what it is about; a trace has it all.
constexpr std::size_t max_payload_bytes = 1024;

std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
    return text.substr(0, limit);
}

bool is_known(std::string_view name_space) {
    return find_namespace(name_space) || find_namespace(name_space, true);
}

}  // namespace

struct Unknowns::State {
    Obfuscator obfuscator;
    std::map<std::string, std::string, std::less<>> payloads;  ///< by name
};

Unknowns::Unknowns() = default;
Unknowns::Unknowns(Unknowns&&) noexcept = default;
Unknowns& Unknowns::operator=(Unknowns&&) noexcept = default;
Unknowns::~Unknowns() = default;

Unknowns::Unknowns(const Facts& facts) {
    for (const auto& [name, parameters] : facts.ability.items())
        if (!is_known(name)) note(name, parameters);
    for (const auto& key : unknown_digest_keys(facts.digest)) note("digest." + key, facts.digest.at(key));
}

Unknowns::State& Unknowns::state() {
    if (!state_) state_ = std::make_unique<State>();
    return *state_;
}

bool Unknowns::note(std::string_view name_space, const Json& payload) {
    if (is_known(name_space)) return false;
    auto& [obfuscator, payloads] = state();
    const std::string name(cut(name_space, max_name_bytes));
    const auto at = payloads.find(name);
    if (at == payloads.end() && payloads.size() >= max_names) return false;
    std::string text;
    if (!payload.empty()) text = cut(dump_json(obfuscator.json(payload)), max_payload_bytes);
    if (at == payloads.end()) {
        payloads.emplace(name, std::move(text));
        return true;
    }
    if (text.empty() || at->second == text) return false;
    at->second = std::move(text);
    return true;
}

std::vector<Unknown> Unknowns::list() const {
    std::vector<Unknown> list;
    if (!state_) return list;
    for (const auto& [name, payload] : state_->payloads) list.push_back(Unknown{name, payload});
    return list;
}

}  // namespace lanbridge::meross
