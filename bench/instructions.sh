#!/usr/bin/env bash
# Counts instructions a unit under callgrind for every workload of a benchmark program, raw against
# sonde. Repeatable for the same binary, whatever else the machine is doing.
#
#   bench/instructions.sh build/release/bench/sqlite_bench [--check]
#
# With --check it fails when a ratio is above the budget of its workload.
set -euo pipefail

program=${1:?usage: bench/instructions.sh PROGRAM [--check]}
check=${2:-}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Instructions a unit of one side.
count() {
  valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file="$out/callgrind" \
    "$program" --instructions "$1" >"$out/stdout" 2>"$out/stderr" || {
    cat "$out/stderr" >&2
    exit 1
  }
  local units total
  units=$(awk '$1 == "units" { print $2 }' "$out/stdout")
  total=$(awk '$1 == "totals:" { print $2 }' "$out/callgrind")
  awk -v total="$total" -v units="$units" 'BEGIN { printf "%.0f", total / units }'
}

over=0
printf '%-34s %14s %14s %7s %7s\n' 'work (one unit)' 'raw instr' 'sonde instr' 'ratio' 'budget'
"$program" --list >"$out/list"
while read -r budget name; do
  floor=$(count "$name/floor")
  sonde=$(count "$name/sonde")
  ratio=$(awk -v a="$sonde" -v b="$floor" 'BEGIN { printf "%.2f", a / b }')
  printf '%-34s %14s %14s %7s %7s\n' "$name" "$floor" "$sonde" "$ratio" "${budget/#0.00/}"
  if awk -v a="$ratio" -v b="$budget" 'BEGIN { exit !(b > 0 && a > b) }'; then
    over=$((over + 1))
  fi
done <"$out/list"

if [[ $check == --check ]] && ((over > 0)); then
  echo "$over above budget" >&2
  exit 1
fi
