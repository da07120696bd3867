#pragma once

#include <filesystem>
#include <optional>

#include "app/cli/command_config.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge doctor`.
struct DoctorOptions {
    DoctorOptions() = default;
    std::optional<std::filesystem::path> data_dir;
    BrokerFlag broker;
};

int run_doctor(const GlobalOptions& globals, const DoctorOptions& options);

}  // namespace lanbridge::app
