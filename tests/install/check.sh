#!/usr/bin/env bash
# check.sh PART: one of the install tests; CMakeLists.txt here sets the variables and says which
# parts there are.
set -euo pipefail

fail() {
  printf 'check.sh: %s\n' "$*" >&2
  exit 1
}

# make_database FILE: a database for the consumers to open.
make_database() {
  rm -f "$1"
  sqlite3 "$1" "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE);
    INSERT INTO users(name, email)
      VALUES ('Ada', 'ada@example.org'), ('Grace', 'grace@example.org');"
}

# run_consumer PROGRAM…: it must answer from the database, with the version of this library.
run_consumer() {
  local database=$SCRATCH/$part.db answer
  make_database "$database"
  answer=$("$@" "$database")
  echo "$answer"
  [[ $answer == *"users: 3"*"Ada"* ]] || fail "the consumer gave: $answer"
}

# configure FOLDER ARGUMENT…: configures sonde itself once more, as this build was.
configure() {
  local folder=$1
  shift
  "$CMAKE" -S "$SOURCE" -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER="$CXX" \
    -DCMAKE_BUILD_TYPE="$BUILD_TYPE" -DCMAKE_CXX_FLAGS_"${BUILD_TYPE^^}"="$CXX_FLAGS" \
    -DSONDE_WARNINGS_AS_ERRORS="$WARNINGS_AS_ERRORS" -DSONDE_BUILD_TESTS=OFF \
    -DSONDE_BUILD_BENCH=OFF "$@"
}

# build_consumer PREFIX ARGUMENT…: builds the consumer with find_package and runs it.
build_consumer() {
  local found_in=$1
  shift
  rm -rf "${SCRATCH:?}/${part:?}"
  "$CMAKE" -S "$SOURCE/tests/install/consumer" -B "$SCRATCH/$part" -G Ninja \
    -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_BUILD_TYPE="$BUILD_TYPE" \
    -DCMAKE_CXX_FLAGS_"${BUILD_TYPE^^}"="$CXX_FLAGS" -DCMAKE_PREFIX_PATH="$found_in" "$@"
  "$CMAKE" --build "$SCRATCH/$part"
}

part=$1
case $part in
  install)
    rm -rf "$PREFIX"
    "$CMAKE" --install "$BUILD" --prefix "$PREFIX"
    ;;

  headers)
    [[ -f $PREFIX/include/sonde/sonde.hpp ]] || fail "the umbrella header is not installed"
    [[ -f $PREFIX/include/sonde/version.hpp ]] || fail "the version header is not installed"
    if grep -rnE '#\s*include\s*[<"](sqlite3|spdlog|fmt/|libpq|pqxx|mysql)' "$PREFIX/include"; then
      fail "an installed header brings in a library that stays private"
    fi
    if grep -rn "$SOURCE" "$PREFIX"/lib*/cmake "$PREFIX"/lib*/pkgconfig | grep -vF "$PREFIX"; then
      fail "the package points back into the source tree"
    fi
    ;;

  package)
    build_consumer "$PREFIX"
    run_consumer "$SCRATCH/$part/consumer"
    ;;

  pkgconfig)
    file=$(find "$PREFIX" -name sonde.pc)
    [[ -n $file ]] || fail "no sonde.pc was installed"
    export PKG_CONFIG_PATH=${file%/*}
    read -ra flags <<<"$(pkg-config --cflags --libs sonde)"
    # shellcheck disable=SC2086 # the flags of the build are several words
    "$CXX" -std=c++20 $CXX_FLAGS "$SOURCE/tests/install/consumer/main.cpp" "${flags[@]}" \
      -o "$SCRATCH/pkgconfig_consumer"
    run_consumer "$SCRATCH/pkgconfig_consumer"
    ;;

  shared)
    configure "$BUILD-shared" -DBUILD_SHARED_LIBS=ON -DSONDE_BUILD_CLI=OFF \
      -DSONDE_BUILD_EXAMPLES=OFF
    "$CMAKE" --build "$BUILD-shared"
    rm -rf "$SCRATCH/shared-prefix"
    "$CMAKE" --install "$BUILD-shared" --prefix "$SCRATCH/shared-prefix"
    build_consumer "$SCRATCH/shared-prefix"
    run_consumer "$SCRATCH/$part/consumer"
    ;;

  without)
    configure "$BUILD-without" -DSONDE_WITH_SQLITE=OFF -DSONDE_BUILD_CLI=OFF \
      -DSONDE_BUILD_EXAMPLES=OFF
    "$CMAKE" --build "$BUILD-without"
    rm -rf "$SCRATCH/without-prefix"
    "$CMAKE" --install "$BUILD-without" --prefix "$SCRATCH/without-prefix"
    build_consumer "$SCRATCH/without-prefix"
    if "$SCRATCH/$part/consumer" "$SCRATCH/$part.db" >"$SCRATCH/$part.log" 2>&1; then
      fail "a library without SQLite opened a SQLite database"
    fi
    cat "$SCRATCH/$part.log"
    grep -qi 'sqlite' "$SCRATCH/$part.log" || fail "the error does not say which engine is lacking"
    if ldd "$SCRATCH/$part/consumer" | grep sqlite; then fail "SQLite is linked all the same"; fi
    ;;

  *) fail "there is no part '$part'" ;;
esac
