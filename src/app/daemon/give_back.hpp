#pragma once

namespace lanbridge::app {

/// Gives the memory back that only the start has needed: pages of code (configuration, command line,
/// OpenSSL's and the loader's set-up), which the kernel reads again from the file if they are ever wanted,
/// and free heap. Cheap; never an error. See docs/decisions/0009.
void give_back_startup_memory();

}  // namespace lanbridge::app
