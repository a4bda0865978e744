# How a folder adds itself to the build. Every list of files is explicit: a forgotten file is a link
# error, a stray one is not compiled by accident.
#
#   sonde_folder(core SOURCES value.cpp HEADERS value.hpp INTERNAL cell_arena.hpp)
#   sonde_folder(dialects/sqlite SOURCES sqlite_driver.cpp HEADERS …)
#   sonde_command(MAIN main.cpp SOURCES schema_command.cpp HEADERS schema_command.hpp)
#   sonde_test(core_test value_test.cpp [LIBRARIES SQLite::SQLite3] [LABEL slow]
#              [SOURCE_DIR] [COMMAND])
#   sonde_bench(rows_bench rows_bench.cpp [LIBRARIES …])
#   sonde_example(first_query first_query.cpp)
#   sonde_fuzz(uri_fuzz uri_fuzz.cpp)

# The public headers are listed through this link to the source root, so that <sonde/core/value.hpp>
# works in the build tree as it does once installed, and nobody gets the folders themselves on the
# include path. What is generated stays out of the link, or it would land in the source tree.
set(SONDE_LINK_DIR ${PROJECT_BINARY_DIR}/include)
set(SONDE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)

# sonde_library(): creates the one library target, sonde, with the generated version header.
function(sonde_library)
  file(MAKE_DIRECTORY ${SONDE_LINK_DIR} ${SONDE_GENERATED_DIR}/sonde)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${SONDE_LINK_DIR}/sonde SYMBOLIC)
  configure_file(cmake/version.hpp.in ${SONDE_GENERATED_DIR}/sonde/version.hpp @ONLY)
  configure_file(cmake/version.cpp.in ${SONDE_GENERATED_DIR}/version.cpp @ONLY)

  add_library(sonde ${SONDE_GENERATED_DIR}/version.cpp)
  add_library(sonde::sonde ALIAS sonde)
  sonde_warnings(sonde)
  target_compile_features(sonde PUBLIC cxx_std_20)
  if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # By default GCC inlines less in a large unit, which the files together would be.
    target_compile_options(sonde PRIVATE --param=large-unit-insns=1000000)
  endif()
  target_sources(sonde PUBLIC FILE_SET HEADERS
    BASE_DIRS ${SONDE_LINK_DIR} ${SONDE_GENERATED_DIR}
    FILES ${SONDE_GENERATED_DIR}/sonde/version.hpp)
  # Position independent even when static, so that it can be linked into a plugin or a language
  # binding. Symbols keep default visibility: exceptions are caught by type across the boundary, and
  # the tests reach inside.
  set_target_properties(sonde PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    UNITY_BUILD_MODE GROUP
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_link_libraries(sonde
    PUBLIC nlohmann_json::nlohmann_json
    PRIVATE spdlog::spdlog Threads::Threads ${CMAKE_DL_LIBS})

  # Which engines there are is the registry's business and nobody else's.
  set(engines)
  if(SONDE_WITH_SQLITE)
    list(APPEND engines SONDE_WITH_SQLITE=1)
    target_link_libraries(sonde PRIVATE SQLite::SQLite3)
  endif()
  if(SONDE_WITH_POSTGRES)
    list(APPEND engines SONDE_WITH_POSTGRES=1)
    target_link_libraries(sonde PRIVATE PkgConfig::libpqxx PkgConfig::libpq)
  endif()
  if(SONDE_WITH_MYSQL)
    list(APPEND engines SONDE_WITH_MYSQL=1)
    target_link_libraries(sonde PRIVATE PkgConfig::libmariadb)
  endif()
  if(SONDE_BUILD_SERVER)
    # Headers that two sources see, so a package that is installed need not know of them.
    target_link_libraries(sonde PRIVATE $<BUILD_INTERFACE:Boost::headers>)
  endif()
  if(SONDE_WITH_MOCK)
    list(APPEND engines SONDE_WITH_MOCK=1)
  endif()
  set_source_files_properties(${PROJECT_SOURCE_DIR}/dialects/registry.cpp
    TARGET_DIRECTORY sonde
    PROPERTIES COMPILE_DEFINITIONS "${engines}")

  # Drivers that are loaded at run time must find the one copy of sonde that the program has.
  # sonde::driver is what such a driver links, sonde::host what a program links that loads them.
  # A shared libsonde serves both. Of a static one the program takes all, not only what it calls
  # itself, and exports it; the driver then takes the headers only.
  add_library(sonde_driver INTERFACE)
  add_library(sonde_host INTERFACE)
  target_link_libraries(sonde_host INTERFACE sonde)
  if(BUILD_SHARED_LIBS)
    target_link_libraries(sonde_driver INTERFACE sonde)
  else()
    target_compile_features(sonde_driver INTERFACE cxx_std_20)
    target_include_directories(sonde_driver INTERFACE
      $<TARGET_PROPERTY:sonde,INTERFACE_INCLUDE_DIRECTORIES>)
    target_link_libraries(sonde_driver INTERFACE nlohmann_json::nlohmann_json)
    # One option, or CMake would take repeated parts of it away.
    set(archive $<TARGET_FILE:$<TARGET_NAME:sonde>>)
    target_link_options(sonde_host INTERFACE
      -rdynamic "LINKER:--whole-archive,${archive},--no-whole-archive")
  endif()
  foreach(kind IN ITEMS driver host)
    add_library(sonde::${kind} ALIAS sonde_${kind})
    set_target_properties(sonde_${kind} PROPERTIES EXPORT_NAME ${kind})
  endforeach()
endfunction()

# sonde_folder(<folder> [SOURCES …] [HEADERS …] [INTERNAL …]): adds a folder to the library. HEADERS
# are installed and must each compile alone; INTERNAL headers are for the folder's own sources and
# are not installed.
function(sonde_folder folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;INTERNAL")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "sonde_folder(${folder}): SOURCES, HEADERS or INTERNAL before ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT CMAKE_CURRENT_SOURCE_DIR STREQUAL "${PROJECT_SOURCE_DIR}/${folder}")
    message(FATAL_ERROR "sonde_folder(${folder}) is called in ${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM arg_INTERNAL PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM arg_HEADERS PREPEND ${SONDE_LINK_DIR}/sonde/${folder}/)
  target_sources(sonde PRIVATE ${arg_SOURCES} ${arg_INTERNAL})
  # Where CMAKE_UNITY_BUILD is on, files of one folder are compiled together, a few at a time: the
  # standard library and the headers they share are most of what each of them costs.
  set(number 0)
  foreach(source IN LISTS arg_SOURCES)
    math(EXPR batch "${number} / 8")
    math(EXPR number "${number} + 1")
    set_source_files_properties(${source} TARGET_DIRECTORY sonde
      PROPERTIES UNITY_GROUP "${folder}_${batch}")
  endforeach()
  if(arg_HEADERS)
    target_sources(sonde PUBLIC FILE_SET HEADERS FILES ${arg_HEADERS})
  endif()
endfunction()

# sonde_command(MAIN main.cpp [SOURCES …] [HEADERS …] [LIBRARIES …]): the sonde command, left at the
# top of the build tree. Everything but MAIN is a library of its own, sonde_command_parts, so that
# tests can link it.
function(sonde_command)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "MAIN" "SOURCES;HEADERS;LIBRARIES")
  add_executable(sonde_command ${arg_MAIN})
  sonde_warnings(sonde_command)
  set_target_properties(sonde_command PROPERTIES
    OUTPUT_NAME sonde
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  if(arg_SOURCES)
    add_library(sonde_command_parts STATIC ${arg_SOURCES} ${arg_HEADERS})
    sonde_warnings(sonde_command_parts)
    target_link_libraries(sonde_command_parts PUBLIC sonde::sonde CLI11::CLI11 ${arg_LIBRARIES})
    target_link_libraries(sonde_command PRIVATE sonde_command_parts)
  else()
    target_link_libraries(sonde_command PRIVATE sonde::sonde CLI11::CLI11 ${arg_LIBRARIES})
  endif()
  target_link_libraries(sonde_command PRIVATE sonde::host)
endfunction()

# sonde_test(<target> files… [LIBRARIES …] [LABEL …] [SERVER_TESTS …] [SOURCE_DIR] [COMMAND]): a
# GoogleTest program whose every test is a test of ctest, labelled with the name of its folder or
# with LABEL. The label `server` makes ctest start the servers of the test run first
# (tests/servers/); SERVER_TESTS is a filter of GoogleTest for the tests that have this label in a
# program that has others too. SOURCE_DIR defines SONDE_SOURCE_DIR as the root of the source tree,
# COMMAND defines SONDE_COMMAND as the path of the built sonde command.
function(sonde_test target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SOURCE_DIR;COMMAND" "LABEL;SERVER_TESTS" "LIBRARIES")
  # One label only: gtest_discover_tests takes a list of them apart.
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME label)
  if(arg_LABEL)
    set(label ${arg_LABEL})
  endif()
  if(label IN_LIST SONDE_LEAVE_OUT_TESTS)
    return()
  endif()
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  sonde_warnings(${target})
  target_link_libraries(${target} PRIVATE
    sonde::sonde GTest::gmock_main GTest::gtest ${arg_LIBRARIES})
  # The library under test keeps the flags of the build; optimising the tests themselves would only
  # double the time they take to compile.
  target_compile_options(${target} PRIVATE -O0)
  if(SONDE_PRECOMPILE_TESTS)
    target_precompile_headers(${target} REUSE_FROM sonde_test_headers)
  endif()
  if(arg_SOURCE_DIR)
    target_compile_definitions(${target} PRIVATE SONDE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
  if(arg_COMMAND)
    target_compile_definitions(${target} PRIVATE SONDE_COMMAND="$<TARGET_FILE:sonde_command>")
    add_dependencies(${target} sonde_command)
  endif()
  set(on_server LABELS server TIMEOUT 300 FIXTURES_REQUIRED servers)
  set(how DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60)
  if(label STREQUAL "server")
    gtest_discover_tests(${target} ${how} PROPERTIES ${on_server})
  elseif(arg_SERVER_TESTS)
    gtest_discover_tests(${target} ${how} TEST_FILTER "-${arg_SERVER_TESTS}"
      PROPERTIES LABELS ${label} TIMEOUT 300)
    gtest_discover_tests(${target} ${how} TEST_FILTER "${arg_SERVER_TESTS}"
      PROPERTIES ${on_server})
  else()
    gtest_discover_tests(${target} ${how} PROPERTIES LABELS ${label} TIMEOUT 300)
  endif()
endfunction()

# sonde_precompiled_tests(): compiles once what nearly every test includes, which takes more time
# than most tests do themselves. It hides an include that is missing, so the dev preset is without.
function(sonde_precompiled_tests)
  file(WRITE ${SONDE_GENERATED_DIR}/test_headers.cpp "")
  add_library(sonde_test_headers OBJECT ${SONDE_GENERATED_DIR}/test_headers.cpp)
  sonde_warnings(sonde_test_headers)
  target_link_libraries(sonde_test_headers PRIVATE sonde::sonde GTest::gmock_main GTest::gtest)
  target_compile_options(sonde_test_headers PRIVATE -O0)
  target_precompile_headers(sonde_test_headers PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp> <sonde/sonde.hpp>)
endfunction()

# sonde_bench(<target> files… [LIBRARIES …]): a Google Benchmark program, left in the bench folder
# of the build tree; only the target `benchmarks` builds them.
function(sonde_bench target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  sonde_warnings(${target})
  target_link_libraries(${target} PRIVATE sonde::sonde benchmark::benchmark ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench
    EXCLUDE_FROM_ALL ON)
  add_dependencies(benchmarks ${target})
endfunction()

# sonde_example(<target> files… [LIBRARIES …]): an example program; the target `examples` builds all
# of them.
function(sonde_example target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  sonde_warnings(${target})
  target_link_libraries(${target} PRIVATE sonde::sonde ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  add_dependencies(examples ${target})
endfunction()

# sonde_fuzz(<target> files…): a libFuzzer program, left in the fuzz folder of the build tree.
function(sonde_fuzz target)
  add_executable(${target} ${ARGN})
  sonde_warnings(${target})
  target_link_libraries(${target} PRIVATE sonde::sonde)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endfunction()
