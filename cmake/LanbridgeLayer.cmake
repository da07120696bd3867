# One precompiled header for all. A target whose libraries bring compile definitions of their own cannot share it
# and says OWN_PCH.
if(LANBRIDGE_PCH)
  file(WRITE "${PROJECT_BINARY_DIR}/generated/pch.cpp" "// carries the precompiled header\n")
  add_library(lanbridge_pch STATIC "${PROJECT_BINARY_DIR}/generated/pch.cpp")
  target_link_libraries(lanbridge_pch PUBLIC
    lanbridge_options Boost::headers nlohmann_json::nlohmann_json fmt::fmt Threads::Threads)
  target_precompile_headers(lanbridge_pch PRIVATE "${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp")
endif()

function(lanbridge_precompile target own)
  if(NOT LANBRIDGE_PCH)
    return()
  endif()
  if(own)
    target_precompile_headers(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp")
  else()
    target_precompile_headers(${target} REUSE_FROM lanbridge_pch)
  endif()
endfunction()

# lanbridge_layer(NAME SOURCES … USES layer… LINK library… PRIVATE_LINK library… [OWN_PCH]
#                 DAEMON_SOURCES … DAEMON_LINK library… DAEMON_PRIVATE_LINK library…
#                 GATEWAY_SOURCES … GATEWAY_LINK library…)
# One static library per layer, linked to exactly the layers that its row in docs/architecture.md allows. The small
# program for gateways (LANBRIDGE_GATEWAY) is made of SOURCES and GATEWAY_SOURCES, everything else of SOURCES and
# DAEMON_SOURCES; libraries likewise.
function(lanbridge_layer name)
  cmake_parse_arguments(ARG "OWN_PCH" ""
    "SOURCES;USES;LINK;PRIVATE_LINK;DAEMON_SOURCES;DAEMON_LINK;DAEMON_PRIVATE_LINK;GATEWAY_SOURCES;GATEWAY_LINK" ${ARGN})
  set(target lanbridge_${name})
  if(LANBRIDGE_GATEWAY)
    add_library(${target} STATIC ${ARG_SOURCES} ${ARG_GATEWAY_SOURCES})
    target_link_libraries(${target} PRIVATE ${ARG_GATEWAY_LINK})
  else()
    add_library(${target} STATIC ${ARG_SOURCES} ${ARG_DAEMON_SOURCES})
    target_link_libraries(${target} PUBLIC ${ARG_DAEMON_LINK} PRIVATE ${ARG_DAEMON_PRIVATE_LINK})
  endif()
  add_library(lanbridge::${name} ALIAS ${target})
  target_link_libraries(${target} PUBLIC lanbridge_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
  foreach(layer IN LISTS ARG_USES)
    target_link_libraries(${target} PUBLIC lanbridge::${layer})
  endforeach()
  lanbridge_precompile(${target} "${ARG_OWN_PCH}")
endfunction()

# lanbridge_test(NAME SOURCES … USES layer… [LABEL unit|integration|recordings] [TIMEOUT seconds]
#                [LINK library…] [OWN_PCH])
# One Catch2 program per tested unit. Exit status 77 means: skipped, said so on the console.
function(lanbridge_test name)
  cmake_parse_arguments(ARG "OWN_PCH" "LABEL;TIMEOUT" "SOURCES;USES;LINK" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(target ${name}_test)
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE lanbridge_test_support ${ARG_LINK})
  foreach(layer IN LISTS ARG_USES)
    target_link_libraries(${target} PRIVATE lanbridge::${layer})
  endforeach()
  lanbridge_precompile(${target} "${ARG_OWN_PCH}")
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()
