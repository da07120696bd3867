#!/usr/bin/env bash
# Seconds, not figures: shows that every benchmark of a build folder still runs to its end.
#
#   bench/smoke.sh BUILD_DIR
set -euo pipefail
LANBRIDGE_BENCH_BUILD="${1:?usage: bench/smoke.sh BUILD_DIR}" exec \
    "$(dirname -- "${BASH_SOURCE[0]}")/run.sh" --quick
