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
    -DCMAKE_UNITY_BUILD="$UNITY_BUILD" -DSONDE_WARNINGS_AS_ERRORS="$WARNINGS_AS_ERRORS" \
    -DSONDE_BUILD_TESTS=OFF -DSONDE_BUILD_BENCH=OFF "$@"
}

# build_outside PREFIX SOURCES FOLDER ARGUMENT…: builds somebody else's project with find_package.
build_outside() {
  local found_in=$1 sources=$2 folder=$3
  shift 3
  rm -rf "${folder:?}"
  "$CMAKE" -S "$sources" -B "$folder" -G Ninja \
    -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_BUILD_TYPE="$BUILD_TYPE" \
    -DCMAKE_CXX_FLAGS_"${BUILD_TYPE^^}"="$CXX_FLAGS" -DCMAKE_PREFIX_PATH="$found_in" "$@"
  "$CMAKE" --build "$folder"
}

# build_consumer PREFIX ARGUMENT…: builds the consumer.
build_consumer() {
  local found_in=$1
  shift
  build_outside "$found_in" "$SOURCE/tests/install/consumer" "$SCRATCH/$part" "$@"
}

# check_driver PREFIX: builds the example of a driver, and a program that loads it.
check_driver() {
  local found_in=$1 built=$SCRATCH/$part-driver answer
  local drivers=$found_in/$LIBDIR/sonde/drivers
  local books=csv:$SOURCE/examples/driver-plugin/books
  rm -rf "$drivers"
  cp -r "$SOURCE/examples/driver-plugin" "$SCRATCH/$part-driver-source"  # outside the tree
  build_outside "$found_in" "$SCRATCH/$part-driver-source" "$built"
  rm -rf "$SCRATCH/$part-driver-source"
  build_outside "$found_in" "$SOURCE/tests/install/driver_host" "$SCRATCH/$part-host"

  cd "$built"  # where a driver must not be found by its name
  if "$SCRATCH/$part-host/driver_host" csv "$books"; then fail "a driver was found in no folder"; fi
  answer=$("$SCRATCH/$part-host/driver_host" ./sonde_driver_csv.so "$books")
  echo "$answer"
  [[ $answer == *"books: 6"*Solaris*"The Left Hand"*"refused: "*"only read"* ]] ||
    fail "the program gave: $answer"

  "$CMAKE" --install "$built" --prefix "$found_in"
  [[ -f $drivers/sonde_driver_csv.so ]] || fail "the driver was not installed"
  answer=$(SONDE_DRIVER_PATH=$drivers "$SCRATCH/$part-host/driver_host" csv "$books")
  [[ $answer == *"driver: $drivers/"* ]] || fail "the program gave: $answer"
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
    private='#\s*include\s*[<"](boost/|sqlite3\.h|spdlog|fmt/|libpq|pqxx|mysql(\.h|/))'
    if grep -rnE "$private" "$PREFIX/include"; then
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
    check_driver "$SCRATCH/shared-prefix"
    # By name alone: the driver stands beside the library.
    "$SCRATCH/$part-host/driver_host" csv "csv:$SOURCE/examples/driver-plugin/books"
    ;;

  driver)
    check_driver "$PREFIX"
    books=csv:$SOURCE/examples/driver-plugin/books
    sonde=$PREFIX/bin/sonde
    by_path=$("$sonde" find "$books" authors findManyByDiedIsNull --format csv \
      --driver "$SCRATCH/$part-driver/sonde_driver_csv.so")
    [[ $by_path == *"Ted Chiang"* ]] || fail "sonde find gave: $by_path"
    "$sonde" schema "$books" --format json >"$SCRATCH/$part.json"  # by the name of the scheme
    grep -qE '"dialect": ?"csv"' "$SCRATCH/$part.json" || fail "sonde schema gave another dialect"
    if said=$("$sonde" query --write "$books" "DELETE FROM books" 2>&1); then
      fail "a folder of CSV files was written to"
    fi
    [[ $said == *"only read"* ]] || fail "sonde query said: $said"
    # A driver for another version is refused by the same program.
    other=${VERSION/./9}
    LC_ALL=C sed "s/${VERSION//./\\.}\x00/$other\x00/" \
      "$PREFIX/$LIBDIR/sonde/drivers/sonde_driver_csv.so" >"$SCRATCH/other.so"
    if said=$("$sonde" schema "$books" --driver "$SCRATCH/other.so" 2>&1); then
      fail "a driver for another version was loaded"
    fi
    [[ $said == *"compiled with sonde $other"* ]] || fail "sonde schema said: $said"
    ;;

  conformance)
    SONDE_DRIVER_PATH=$PREFIX/$LIBDIR/sonde/drivers \
      SONDE_TEST_CONFORMANCE_URI=csv:$SOURCE/tests/conformance/data \
      "$CONFORMANCE" --gtest_filter='*ReadOnly*/External' >"$SCRATCH/$part.log" || {
      cat "$SCRATCH/$part.log"
      fail "the driver does not pass"
    }
    tail -3 "$SCRATCH/$part.log"
    grep -qE '^\[  PASSED  \] [1-9][0-9]* tests?' "$SCRATCH/$part.log" || fail "no test ran"
    ;;

  without)
    configure "$BUILD-without" -DSONDE_WITH_SQLITE=OFF -DSONDE_BUILD_SERVER=OFF \
      -DSONDE_BUILD_CLI=OFF -DSONDE_BUILD_EXAMPLES=OFF
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
