#!/usr/bin/env bash
# Installs what the tests need, builds everything, runs every test and ends with ctest's summary.
#
#   scripts/test.sh                        preset dev; further arguments go to ctest (-R NAME, -L unit)
#   LANBRIDGE_PRESET=ci scripts/test.sh    another preset: ci, asan, tsan
set -euo pipefail
# shellcheck source=scripts/packages.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/packages.sh"

preset="${LANBRIDGE_PRESET:-dev}"
case "$preset" in
    dev | ci | asan | tsan) ;;
    *) fail "LANBRIDGE_PRESET=$preset has no tests; use dev, ci, asan or tsan" ;;
esac

install_packages build run test
build_preset "$preset"
test_preset "$preset" "$@"
