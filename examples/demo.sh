#!/usr/bin/env bash
# The demo: makes the sample bookshop, lets sonde look at it, and asks the same of a real database
# it has never seen. `./dev demo` builds what this needs and runs it with the build folder.
set -euo pipefail

build=${1:?usage: examples/demo.sh BUILD_FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bookshop=$folder/bookshop.db
proj=/usr/share/proj/proj.db

step() { printf '\n\033[1m-- %s\033[0m\n' "$*"; }
if [[ ! -t 1 || -n ${NO_COLOR:-} ]]; then step() { printf '\n-- %s\n' "$*"; }; fi

# run WORDS…: shows a command as one would type it, then runs it.
run() {
  local word shown=() name
  for word in "$@"; do
    name=${word/#"$build/examples/"/}
    name=${name/#"$build/"/}
    name=${name/#"$folder/"/}
    [[ $name == *[[:space:]]* ]] && name="\"$name\""
    shown+=("$name")
  done
  printf '$ %s\n' "${shown[*]}"
  "$@"
}

step "1. A sample database, made by examples/bookshop.sql"
run "$build/examples/make_bookshop" "$here/bookshop.sql" "$bookshop"

step "2. What is in it? Nobody told sonde"
run "$build/sonde" schema "$bookshop"
run "$build/sonde" schema "$bookshop" --table books

step "3. Finders that spell their query, checked against the live schema"
run "$build/sonde" find "$bookshop" books findManyByPriceLessThanOrderByPriceDesc 8 --limit 5
run "$build/sonde" find "$bookshop" customers findOneByEmail customer7@example.org --format json
run "$build/sonde" find "$bookshop" orders countByStatus open
echo "A misspelt name is an error that names the right one:"
run "$build/sonde" find "$bookshop" books findManyByTitelContaining Winter || true

step "4. The same from C++: examples/first_query.cpp"
run "$build/examples/first_query" "$bookshop"

step "5. Transactions, savepoints and change sets: examples/transactions.cpp"
run "$build/examples/transactions" "$bookshop"

step "6. Walking a schema at run time: examples/schema_walk.cpp (its first lines)"
run "$build/examples/schema_walk" "$bookshop" >"$folder/walk.txt"
head -n 24 "$folder/walk.txt"

if [[ -r $proj ]]; then
  step "7. A real database that sonde has never seen: PROJ's coordinate systems, opened read-only"
  run "$build/sonde" schema "$proj" --table geodetic_crs
  run "$build/sonde" find "$proj" geodetic_crs findManyByNameContaining WGS --limit 5
fi

step "Done. The bookshop was in $folder and is gone; $build/sonde --help says what else there is"
