# sonde_add_driver(<name> SOURCES…): a driver in a shared library of its own, target and file
# sonde_driver_<name>, which sonde finds by that name in the folders of SONDE_DRIVER_PATH and in
# sonde_DRIVER_DIR of its prefix (docs/drivers.md). One of the sources holds SONDE_DRIVER_PLUGIN.
# Installed with the package: a driver is built the same way inside and outside sonde's tree.
function(sonde_add_driver name)
  add_library(sonde_driver_${name} MODULE ${ARGN})
  target_link_libraries(sonde_driver_${name} PRIVATE sonde::driver)
  # No prefix "lib": the file is opened by name, not linked.
  set_target_properties(sonde_driver_${name} PROPERTIES
    PREFIX ""
    OUTPUT_NAME sonde_driver_${name}
    SUFFIX ".so"
    CXX_EXTENSIONS OFF)
endfunction()
