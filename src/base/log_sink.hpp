#pragma once

#include <string_view>

#include "lanbridge/base/log.hpp"

// Where log lines end. The daemon uses spdlog (log_sink_spdlog.cpp); a small build links another file that
// defines the same two functions.
namespace lanbridge::log {

/// Opens stderr in the wanted format. Called under the log's lock.
void open_sink(Format format);
/// Writes one record. Called under the log's lock.
void write_line(Level level, std::string_view logger, std::string_view message);

}  // namespace lanbridge::log
