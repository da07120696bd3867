#!/usr/bin/env bash
# What the compilers for the gateways' processors lack: Lua's and Paho's static archives, unpacked from Debian 12's
# packages below build/sysroot/<architecture>. Nothing is installed, and the system's apt is left as it is.
#
#   scripts/gateway_sysroot.sh [mipsel] [armhf]    both where none is named; does nothing where all is there
#
# LANBRIDGE_SYSROOT: another folder than build/sysroot. LANBRIDGE_DEBIAN_MIRROR: another mirror than the system's.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

suite=bookworm
packages=(liblua5.1-0-dev libpaho-mqtt-dev)
sysroots="${LANBRIDGE_SYSROOT:-$lanbridge_root/build/sysroot}"

triplet_of() {
    case "$1" in
        mipsel) echo mipsel-linux-gnu ;;
        armhf) echo arm-linux-gnueabihf ;;
        *) fail "no gateway has the architecture '$1'; there are mipsel and armhf" ;;
    esac
}

is_complete() {
    local folder="$1" libraries="$1/usr/lib/$2"
    [[ -f $folder/usr/include/MQTTAsync.h && -f $folder/usr/include/lua5.1/lua.hpp &&
        -f $libraries/libpaho-mqtt3a.a && -f $libraries/liblua5.1-c++.a ]]
}

# Later Debians have no mipsel, and archives of another libc than the compiler's would not do.
require_debian_12() {
    local codename=""
    if [[ -r /etc/os-release ]]; then
        codename="$(sed -n 's/^VERSION_CODENAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release)"
    fi
    [[ $codename == "$suite" ]] ||
        fail "programs for gateways are built on Debian 12, whose compilers know both processors; this is" \
            "'${codename:-something else}': use a container, such as: docker run -it -v \"\$PWD:/src\" -w /src debian:12"
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "apt-get and dpkg are needed to unpack packages"
}

mirror() {
    if [[ -n "${LANBRIDGE_DEBIAN_MIRROR:-}" ]]; then
        echo "$LANBRIDGE_DEBIAN_MIRROR"
        return
    fi
    local found
    found="$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$suite" '$1 == suite && $2 == "main" {print $3; exit}')" || true
    echo "${found:-http://deb.debian.org/debian/}"
}

# An apt of our own, for one foreign architecture: the system's lists and list of architectures stay as they are. The
# system's settings (a proxy, say) are read before these.
write_apt_configuration() {
    local folder="$1" architecture="$2" keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=""
    if [[ -r $keyring ]]; then options="signed-by=$keyring "; fi
    mkdir -p -- "$folder"/{lists/partial,cache/archives/partial}
    : >"$folder/status"
    printf 'deb [%starget=Packages] %s %s main\n' "$options" "$(mirror)" "$suite" >"$folder/sources.list"
    cat >"$folder/apt.conf" <<EOF
#clear APT::Architectures;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Acquire::Retries "3";
EOF
}

fetch() {
    local folder="$1" architecture="$2"
    write_apt_configuration "$folder" "$architecture"
    say "fetching ${packages[*]} for $architecture"
    apt-get -q -c "$folder/apt.conf" update >&2 ||
        fail "Debian's list of packages for $architecture cannot be read; is there a network, or does a mirror that" \
            "has $architecture have to be named with LANBRIDGE_DEBIAN_MIRROR=…?"
    (cd -- "$folder" && apt-get -q -c "$folder/apt.conf" download "${packages[@]}" >&2) ||
        fail "downloading ${packages[*]} for $architecture failed; apt-get's message above says why"
}

# Beside the target first, so that what is there is whole.
make_sysroot() {
    local architecture="$1" triplet target="$sysroots/$1" work archive
    triplet="$(triplet_of "$architecture")"
    if is_complete "$target" "$triplet"; then
        say "sysroot for $architecture: all there"
        return
    fi
    require_debian_12
    mkdir -p -- "$sysroots" || fail "$sysroots cannot be made; name another folder with LANBRIDGE_SYSROOT=…"
    work="$(mktemp -d -- "$sysroots/.$architecture.XXXXXX")"
    # shellcheck disable=SC2064
    trap "rm -rf -- '$work'" EXIT
    fetch "$work" "$architecture"
    for archive in "$work"/*.deb; do dpkg -x "$archive" "$work/root"; done
    is_complete "$work/root" "$triplet" || fail "the packages for $architecture lack an archive; this is not Debian 12's content"
    rm -rf -- "$target"
    mv -- "$work/root" "$target"
    chmod 755 "$target"
    rm -rf -- "$work"
    say "sysroot for $architecture: $target"
}

case "${1:-}" in
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" ;;
    *)
        if (($# == 0)); then set -- mipsel armhf; fi
        for architecture in "$@"; do make_sysroot "$architecture"; done
        ;;
esac
