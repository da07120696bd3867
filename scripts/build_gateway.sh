#!/usr/bin/env bash
# Builds the small static openmiio_agent for gateways, on Debian 12: installs what is missing, unpacks the sysroots, builds,
# and tells the sizes beside the budget.
#
#   scripts/build_gateway.sh [mipsel] [armhf]    both where none is named
#
# The programs: build/gateway-mipsel/src/agent/openmiio_agent and build/gateway-armhf/src/agent/openmiio_agent.
set -euo pipefail
# shellcheck source=scripts/packages.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/packages.sh"

budget=2000000

triplet_of() {
    case "$1" in
        mipsel) echo mipsel-linux-gnu ;;
        armhf) echo arm-linux-gnueabihf ;;
        *) fail "no gateway has the architecture '$1'; there are mipsel and armhf" ;;
    esac
}

# One line for people; fails where the program could not run on a gateway, or takes more than it may.
report() {
    local architecture="$1" program="$lanbridge_root/build/gateway-$1/src/agent/openmiio_agent" readelf size packed kernel
    readelf="$(triplet_of "$architecture")-readelf"
    size="$(stat -c %s "$program")"
    packed="$(xz -9e --stdout "$program" | wc -c)"
    kernel="$("$readelf" -n "$program" 2>/dev/null | sed -n 's/.*ABI: //p')"
    if "$readelf" -l "$program" 2>/dev/null | grep -q INTERP || "$readelf" -d "$program" 2>/dev/null | grep -q NEEDED; then
        fail "$program needs libraries at run time; it has to be static"
    fi
    echo "gateway-$architecture: $size bytes of $budget, $packed with xz; static; kernel from ${kernel:-unknown} on"
    ((size <= budget)) || fail "the program for $architecture is $((size - budget)) bytes too large"
}

if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 0
fi
if (($# == 0)); then set -- mipsel armhf; fi
for architecture in "$@"; do triplet_of "$architecture" >/dev/null; done
"$lanbridge_root/scripts/gateway_sysroot.sh" "$@" || exit 1
install_packages build gateway
for architecture in "$@"; do build_preset "gateway-$architecture"; done
for architecture in "$@"; do report "$architecture"; done
