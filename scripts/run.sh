#!/usr/bin/env bash
# Installs what lanbridge needs, builds it and starts it: `lanbridge run` with no configuration file.
#
#   scripts/run.sh            the daemon, with a broker of its own, looking for devices on the LAN
#   scripts/run.sh --demo     with simulated devices, to see everything without hardware
#
# Further arguments go to `lanbridge run`; `scripts/run.sh --help` lists them.
set -euo pipefail
# shellcheck source=scripts/packages.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/packages.sh"

program="$lanbridge_root/build/release/src/app/lanbridge"

install_packages build run
build_preset release lanbridge
[[ -x "$program" ]] || fail "the build ended without build/release/src/app/lanbridge; remove build/release and try again"
say "starting lanbridge run $*"
exec "$program" run "$@"
