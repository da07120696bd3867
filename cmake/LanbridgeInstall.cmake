# What `cmake --install` places beside the program: its systemd unit and user, the annotated configuration, documents.

# The unit names the program where it was installed. systemd looks below /usr/lib and /usr/local/lib alike.
file(READ "${PROJECT_SOURCE_DIR}/systemd/lanbridge.service" unit)
string(REPLACE "/usr/bin/lanbridge" "${CMAKE_INSTALL_FULL_BINDIR}/lanbridge" unit "${unit}")
string(REPLACE "/usr/share/doc/lanbridge" "${CMAKE_INSTALL_FULL_DOCDIR}" unit "${unit}")
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/lanbridge.service" CONTENT "${unit}" @ONLY)
set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/systemd/lanbridge.service")
install(FILES "${PROJECT_BINARY_DIR}/generated/lanbridge.service" DESTINATION lib/systemd/system)
install(FILES systemd/lanbridge.sysusers DESTINATION lib/sysusers.d RENAME lanbridge.conf)

install(DIRECTORY config/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/config" FILES_MATCHING PATTERN "*.yaml" PATTERN "*.json" PATTERN "*.lua"
  PATTERN simulated EXCLUDE)
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES README.md CHANGELOG.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
