# Compiler settings that belong to this project's own targets and never reach a consumer: warnings,
# ccache.

# sonde_warnings(<target>): the warning set of the project. Both g++ 12 and clang 14 build the tree
# clean with it.
function(sonde_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
    -Woverloaded-virtual -Wold-style-cast -Wcast-qual -Wextra-semi
    # g++ 12 reports overlapping copies inside std::string's operator+ (GCC bug 105329).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${SONDE_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()

# ccache, when present. Paths are hashed relative to the source tree, so that two checkouts share
# their objects.
find_program(SONDE_CCACHE ccache)
mark_as_advanced(SONDE_CCACHE)
if(PROJECT_IS_TOP_LEVEL AND SONDE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros
      ${SONDE_CCACHE})
endif()
