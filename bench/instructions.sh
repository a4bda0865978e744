#!/usr/bin/env bash
# Counts instructions a unit under callgrind for every workload of a benchmark program, raw against
# sonde. Repeatable for the same binary, whatever else the machine is doing.
#
#   bench/instructions.sh build/release/bench/sqlite_bench
set -euo pipefail

program=${1:?usage: bench/instructions.sh PROGRAM}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Instructions a unit of one side, or nothing when callgrind counted none.
count() {
  valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file="$out/callgrind" \
    "$program" --instructions "$1" >"$out/stdout" 2>"$out/stderr"
  local units total
  units=$(awk '$1 == "units" { print $2 }' "$out/stdout")
  total=$(awk '$1 == "summary:" || $1 == "totals:" { print $2; exit }' "$out/callgrind")
  awk -v total="$total" -v units="$units" 'BEGIN { printf "%.0f", total / units }'
}

printf '%-34s %14s %14s %7s\n' 'work (one unit)' 'raw instr' 'sonde instr' 'ratio'
"$program" --list | while IFS= read -r name; do
  floor=$(count "$name/floor")
  sonde=$(count "$name/sonde")
  printf '%-34s %14s %14s %7s\n' "$name" "$floor" "$sonde" \
    "$(awk -v a="$sonde" -v b="$floor" 'BEGIN { printf "%.2f", a / b }')"
done
