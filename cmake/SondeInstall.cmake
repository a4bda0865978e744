# Install rules: the library, its headers, the command, a CMake package (find_package(sonde)) and a
# pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sonde)
install(TARGETS sonde sonde_driver sonde_host EXPORT sonde-targets FILE_SET HEADERS)
install(EXPORT sonde-targets NAMESPACE sonde:: DESTINATION ${package_dir})
if(TARGET sonde_command)
  install(TARGETS sonde_command)
endif()

configure_package_config_file(cmake/sonde-config.cmake.in
  ${PROJECT_BINARY_DIR}/sonde-config.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break callers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sonde-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/sonde-config.cmake ${PROJECT_BINARY_DIR}/sonde-config-version.cmake
  cmake/SondeDriver.cmake
  DESTINATION ${package_dir})

# A static library cannot carry what it links, so then the private packages are asked for openly and
# plain `pkg-config --libs sonde` is enough to link either kind.
set(private_packages spdlog)
if(SONDE_WITH_SQLITE)
  list(APPEND private_packages sqlite3)
endif()
if(SONDE_WITH_POSTGRES)
  list(APPEND private_packages libpqxx libpq)
endif()
if(SONDE_WITH_MYSQL)
  list(APPEND private_packages libmariadb)
endif()
list(JOIN private_packages " " private_packages)
if(BUILD_SHARED_LIBS)
  set(SONDE_PC_REQUIRES "nlohmann_json")
  set(SONDE_PC_REQUIRES_PRIVATE "${private_packages}")
  set(SONDE_PC_LIBS "")
else()
  set(SONDE_PC_REQUIRES "nlohmann_json ${private_packages}")
  set(SONDE_PC_REQUIRES_PRIVATE "")
  set(SONDE_PC_LIBS " ${CMAKE_THREAD_LIBS_INIT}")
endif()
foreach(dir IN ITEMS LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(SONDE_PC_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(SONDE_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
configure_file(cmake/sonde.pc.in ${PROJECT_BINARY_DIR}/sonde.pc.in @ONLY)
# The prefix is known only when installing (cmake --install --prefix).
install(CODE "
  file(READ \"${PROJECT_BINARY_DIR}/sonde.pc.in\" text)
  string(REPLACE \"%PREFIX%\" \"\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/sonde.pc\" \"\${text}\")")
install(FILES ${PROJECT_BINARY_DIR}/sonde.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
