#!/usr/bin/env bash
# Runs every benchmark against a Release build and ends with one table: budget, measured, bare, ratio, kept or missed.
#
#   bench/run.sh                     all, as docs/performance.md reports them (about 20 minutes)
#   bench/run.sh --quick             the same programs with tiny numbers: shows that they work, measures nothing
#   bench/run.sh --json FILE         also writes what was measured as one JSON document
#   bench/run.sh --devices 0,100,1000,10000   passed on to the footprint; 10,000 devices take some minutes more
#   LANBRIDGE_BENCH_BUILD=DIR        a build folder to use as it is, instead of building the preset `bench`
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/common.sh"

json=""
quick=()
footprint=()
while (($# > 0)); do
    case "$1" in
        --json) json="${2:?--json wants a file}"; shift ;;
        --quick) quick=(--quick) ;;
        --devices) footprint=(--devices "${2:?--devices wants numbers such as 0,100,1000}"); shift ;;
        *) fail "unknown option $1; there are --json FILE, --quick and --devices LIST" ;;
    esac
    shift
done

build="${LANBRIDGE_BENCH_BUILD:-}"
if [[ -z "$build" ]]; then
    build_preset bench
    build="$lanbridge_root/build/bench"
fi

results="$(mktemp -d)"
trap 'rm -rf -- "$results"' EXIT
status=0
for subject in set_latency push_to_state polls startup footprint failover agent_routing; do
    extra=()
    if [[ "$subject" == footprint ]]; then extra=("${footprint[@]}"); fi
    "$build/bench/bench_$subject" --json "${quick[@]}" "${extra[@]}" >"$results/$subject.json" || {
        say "bench_$subject did not run to its end"
        rm -f -- "$results/$subject.json"
        status=1
    }
done
python3 "$lanbridge_root/bench/table.py" "$results" ${json:+"$json"}
exit "$status"
