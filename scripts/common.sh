# Sourced by the scripts beside it: where the tree is, how they speak, how they build. Messages go to stderr, so
# that a program's stdout stays its own.

# shellcheck shell=bash
lanbridge_root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf 'lanbridge: %s\n' "$*" >&2
    exit 1
}

# Memory that this machine or container lets us use, in KiB.
memory_kib() {
    local total limit
    total="$(awk '/^MemTotal:/ {print $2}' /proc/meminfo 2>/dev/null || true)"
    total="${total:-2097152}"
    limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)"
    if [[ "$limit" =~ ^[0-9]{1,15}$ ]] && ((limit / 1024 < total)); then
        total=$((limit / 1024))
    fi
    echo "$total"
}

# One job per core, but no more than memory allows: a file full of coroutines takes up to 1.5 GiB to compile.
build_jobs() {
    if [[ "${LANBRIDGE_JOBS:-}" =~ ^[1-9][0-9]*$ ]]; then
        echo "$LANBRIDGE_JOBS"
        return
    fi
    local cores by_memory
    cores="$(nproc 2>/dev/null || echo 1)"
    by_memory=$(($(memory_kib) * 2 / (3 * 1024 * 1024)))
    if ((by_memory < 1)); then by_memory=1; fi
    echo $((cores < by_memory ? cores : by_memory))
}

# A build folder remembers the folder it was made for, and CMake refuses it anywhere else.
drop_foreign_build() {
    local folder="$1" home
    [[ -f "$folder/CMakeCache.txt" ]] || return 0
    home="$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")"
    if [[ "$home" != "$lanbridge_root" ]]; then
        say "build folder ${folder#"$lanbridge_root"/} belongs to a tree elsewhere: made anew"
        rm -rf -- "$folder"
    fi
}

# build_preset PRESET [TARGET…]
build_preset() {
    local preset="$1" jobs folder="$lanbridge_root/build/$1"
    local -a what=()
    shift
    if (($# > 0)); then what=(--target "$@"); fi
    jobs="$(build_jobs)"
    drop_foreign_build "$folder"
    say "configuring preset $preset in build/$preset"
    (cd -- "$lanbridge_root" && cmake --preset "$preset") >&2 ||
        fail "configuring failed; the message above names what is missing (packages: scripts/packages.sh build test)"
    say "building preset $preset with $jobs job(s)"
    (cd -- "$lanbridge_root" && cmake --build "build/$preset" -j "$jobs" ${what[@]+"${what[@]}"}) >&2 ||
        fail "the build failed; if the compiler was killed for want of memory, try again with LANBRIDGE_JOBS=1"
}

# test_preset PRESET [ctest argument…]: ctest's summary is the last thing on stdout.
test_preset() {
    local preset="$1"
    shift
    say "running the tests of preset $preset"
    # Tests with real processes have deadlines, and a machine shared with others can miss one: once is forgiven.
    ctest --test-dir "$lanbridge_root/build/$preset" --output-on-failure --no-tests=error -j "$(nproc)" \
        --repeat until-pass:2 "$@"
}
