# Compiler settings shared by every target, carried by one INTERFACE library.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(LANBRIDGE_CCACHE ccache)
if(LANBRIDGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LANBRIDGE_CCACHE}")
endif()

add_library(lanbridge_options INTERFACE)
target_compile_features(lanbridge_options INTERFACE cxx_std_20)
target_include_directories(lanbridge_options INTERFACE
  "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(lanbridge_options INTERFACE -Wall -Wextra -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With optimisation g++ 12 to 14 report these falsely: for moved strings and variants inside libstdc++, and for
  # the frames that Asio's coroutines allocate and free by functions of their own. Sanitizers watch instead.
  target_compile_options(lanbridge_options INTERFACE
    -Wno-array-bounds -Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-stringop-overflow -Wno-stringop-overread)
endif()
target_compile_definitions(lanbridge_options INTERFACE
  JSON_USE_IMPLICIT_CONVERSIONS=0 BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
if(LANBRIDGE_WERROR)
  target_compile_options(lanbridge_options INTERFACE -Werror)
endif()
if(LANBRIDGE_CCACHE)
  # lets ccache cache translation units that use a precompiled header
  target_compile_options(lanbridge_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

if(LANBRIDGE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "LANBRIDGE_FUZZ needs clang: set CMAKE_CXX_COMPILER=clang++ or use the preset fuzz")
  endif()
  target_compile_options(lanbridge_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(LANBRIDGE_SANITIZE)
  target_compile_options(lanbridge_options INTERFACE
    -fsanitize=${LANBRIDGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(lanbridge_options INTERFACE -fsanitize=${LANBRIDGE_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT LANBRIDGE_GATEWAY)
  target_compile_options(lanbridge_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  target_link_options(lanbridge_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
