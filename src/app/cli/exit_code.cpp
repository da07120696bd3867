#include "app/cli/exit_code.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::app {
namespace {

struct Row {
    Errc code;
    int exit;
};
constexpr std::array rows{
    Row{Errc::timeout, exit_unreachable},   Row{Errc::unreachable, exit_unreachable},
    Row{Errc::link_down, exit_unreachable}, Row{Errc::closed, exit_unreachable},
    Row{Errc::wrong_key, exit_refused},     Row{Errc::encrypted_without_key, exit_refused},
};

}  // namespace

int exit_code_for(const Error& error) noexcept {
    const auto row = std::ranges::find_if(rows, [&](const Row& r) { return error.is(r.code); });
    return row == rows.end() ? exit_failed : row->exit;
}

}  // namespace lanbridge::app
