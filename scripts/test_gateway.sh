#!/usr/bin/env bash
# The agent's integration tests and its memory, on the programs of scripts/build_gateway.sh, in an emulator. What looks for
# programs by their names is tested natively only.
#
#   scripts/test_gateway.sh [mipsel] [armhf]    both where none is named
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

emulator_of() {
    case "$1" in
        mipsel) echo qemu-mipsel-static ;;
        armhf) echo qemu-arm-static ;;
        *) fail "no gateway has the architecture '$1'; there are mipsel and armhf" ;;
    esac
}

# test FILE ARCHITECTURE: its output is shown where it fails; once is forgiven, for emulated programs are slow.
run_test() {
    local name="$1" architecture="$2" log attempt
    log="$lanbridge_root/build/gateway-$architecture/$name.log"
    for attempt in first second; do
        if python3 -B "$lanbridge_root/tests/integration/$name.py" \
            "$lanbridge_root/build/gateway-$architecture/src/agent/openmiio_agent" \
            "--runner=$(emulator_of "$architecture")" >"$log" 2>&1; then
            echo "gateway-$architecture: $name: $(grep -E '^(OK|SKIPPED)' "$log" | tail -1)"
            return
        fi
        say "$name for $architecture failed the $attempt time"
    done
    cat "$log" >&2
    return 1
}

tell_memory() {
    sed -n "s/.*\\(miio mqtt.*resident.*\\)/gateway-$1: \\1/p" "$lanbridge_root/build/gateway-$1/agent_resident.log"
}

# All beside each other: they wait more than they compute.
export LANBRIDGE_TEST_PATIENCE="${LANBRIDGE_TEST_PATIENCE:-3}"
if (($# == 0)); then set -- mipsel armhf; fi
for architecture in "$@"; do emulator_of "$architecture" >/dev/null; done
running=()
for architecture in "$@"; do
    for name in test_agent_{manual,vectors,conversation,faults,zigbee} agent_resident; do
        run_test "$name" "$architecture" &
        running+=($!)
    done
done
status=0
for test in "${running[@]}"; do wait "$test" || status=1; done
for architecture in "$@"; do tell_memory "$architecture"; done
((status == 0)) || fail "the agent's tests fail in the emulator; their output is above"
