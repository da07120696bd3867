#!/usr/bin/env bash
# The distribution's packages that lanbridge needs: the one list for Debian 12, Debian 13 and Ubuntu 24.04.
#
#   scripts/packages.sh build run test     installs what is missing of these groups
#   scripts/packages.sh --list build run   prints the names and installs nothing
#
# Sourced, it only defines `lanbridge_packages` and `install_packages`.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# Debian 12 has Boost 1.74 as its default and 1.81 beside it; later distributions default to 1.83.
boost_package() {
    local codename=""
    if [[ -r /etc/os-release ]]; then
        codename="$(sed -n 's/^VERSION_CODENAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release)"
    fi
    if [[ "$codename" == bookworm ]]; then echo libboost1.81-dev; else echo libboost-dev; fi
}

# lanbridge_packages GROUP…: one name per line. Groups: build, run, test, gateway.
lanbridge_packages() {
    local group
    for group in "$@"; do
        case "$group" in
            build)
                printf '%s\n' g++ cmake ninja-build ccache pkg-config "$(boost_package)" \
                    nlohmann-json3-dev libssl-dev libfmt-dev libspdlog-dev libyaml-cpp-dev libcli11-dev \
                    libhowardhinnant-date-dev libpaho-mqtt-dev libpaho-mqttpp-dev libsystemd-dev \
                    liblua5.1-0-dev
                ;;
            run) printf '%s\n' mosquitto tzdata ca-certificates ;;
            test) printf '%s\n' catch2 libvalijson-dev mosquitto mosquitto-clients python3 tzdata ;;
            gateway)
                printf '%s\n' g++-mipsel-linux-gnu g++-arm-linux-gnueabihf qemu-user-static xz-utils
                ;;
            *) fail "unknown package group '$group'; there are build, run, test and gateway" ;;
        esac
    done
}

is_installed() {
    local status
    status="$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" || return 1
    [[ "${status:1:1}" == i ]]
}

missing_packages() {
    local name
    lanbridge_packages "$@" | sort -u | while read -r name; do
        if ! is_installed "$name"; then echo "$name"; fi
    done
}

# Asks for nothing, unless sudo itself wants a password and somebody is there to type it.
ensure_rights() {
    if (($(id -u) == 0)); then return 0; fi
    command -v sudo >/dev/null ||
        fail "packages are missing, and this is neither root nor is sudo there; as root: apt-get install $wanted"
    if sudo -n true 2>/dev/null; then return 0; fi
    [[ -t 0 ]] ||
        fail "packages are missing, and sudo wants a password without a terminal; first: sudo apt-get install $wanted"
    say "sudo may want your password"
}

as_root() {
    if (($(id -u) == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

apt_update() {
    say "updating the package lists"
    apt_get update -q || say "apt-get update reported a problem; going on with the lists that are there"
}

offered() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# Package lists that do not know a name are stale, empty, or lack a section.
ensure_offered() {
    local name updated=no
    for name in "$@"; do
        if offered "$name"; then continue; fi
        if [[ $updated == no ]]; then apt_update && updated=yes; fi
        offered "$name" ||
            fail "no package '$name' in this system's sources; lanbridge builds on Debian 12, Debian 13 and" \
                "Ubuntu 24.04 (there with the section 'universe')"
    done
}

policy_file=/usr/sbin/policy-rc.d

# The mosquitto package starts a system service, which we neither need (lanbridge starts a broker of its own, or uses
# yours) nor have been asked for. So its start is denied during our own install and it is left disabled;
# `systemctl enable --now mosquitto` turns it on. Where it was installed before, nothing is touched.
deny_mosquitto_start() {
    [[ -d /run/systemd/system && ! -e $policy_file ]] || return 0
    printf '#!/bin/sh\ncase "$*" in *mosquitto*) exit 101 ;; esac\nexit 0\n' | as_root tee "$policy_file" >/dev/null
    as_root chmod 755 "$policy_file"
    trap 'as_root rm -f -- "$policy_file"' EXIT
}

leave_mosquitto_disabled() {
    [[ -d /run/systemd/system ]] || return 0
    as_root systemctl disable mosquitto.service >/dev/null 2>&1 || true
    say "the mosquitto service is installed but neither started nor enabled; lanbridge runs a broker of its own"
}

# In a subshell, so that the trap always removes what it should.
apt_install() (
    local new_broker=no
    case " $* " in *" mosquitto "*) new_broker=yes ;; esac
    if [[ $new_broker == yes ]]; then deny_mosquitto_start; fi
    if ! apt_get install -y -q --no-install-recommends "$@"; then
        apt_update  # the lists may name versions that the mirror no longer has
        apt_get install -y -q --no-install-recommends "$@" || exit 1
    fi
    if [[ $new_broker == yes ]]; then leave_mosquitto_disabled; fi
)

# install_packages GROUP…: installs what is missing, and nothing where nothing is.
install_packages() {
    local wanted
    local -a names
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
        fail "this system has no apt; install the counterparts of: $(lanbridge_packages "$@" | sort -u | tr '\n' ' ')"
    wanted="$(missing_packages "$@" | paste -sd' ')"
    read -r -a names <<<"$wanted"
    if ((${#names[@]} == 0)); then
        say "packages for $*: all there"
        return 0
    fi
    ensure_rights
    say "installing packages: $wanted"
    ensure_offered "${names[@]}"
    apt_install "${names[@]}" || fail "installing packages failed; apt-get's message above says why; by hand: apt-get install $wanted"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
    case "${1:-}" in
        "" | -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0" ;;
        --list) shift && lanbridge_packages "$@" | sort -u ;;
        *) install_packages "$@" ;;
    esac
fi
