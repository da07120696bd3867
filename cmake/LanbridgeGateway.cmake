# The small build (LANBRIDGE_GATEWAY): one static program, openmiio_agent, of a part of the layers' sources, with fewer
# libraries and smaller code.
set(LANBRIDGE_TESTS OFF)
set(LANBRIDGE_BENCH OFF)

option(LANBRIDGE_LTO "Optimise the small build as a whole, at its end" ON)

find_package(Threads REQUIRED)

# Boost and fmt are headers, the same for every processor, and their packages' CMake files belong to the host's.
include(CheckCXXSourceCompiles)
check_cxx_source_compiles("
  #include <boost/version.hpp>
  static_assert(BOOST_VERSION >= 108100);
  int main() {}" LANBRIDGE_HAS_BOOST)
check_cxx_source_compiles("
  #define FMT_HEADER_ONLY
  #include <fmt/core.h>
  int main() {}" LANBRIDGE_HAS_FMT)
if(NOT LANBRIDGE_HAS_BOOST OR NOT LANBRIDGE_HAS_FMT)
  message(FATAL_ERROR "the headers of Boost 1.81 or of fmt are missing: scripts/packages.sh build gateway")
endif()
add_library(Boost::headers INTERFACE IMPORTED)
add_library(fmt::fmt INTERFACE IMPORTED)
# The separator would otherwise be asked of C++'s locale, half a megabyte of it. Nothing here prints fractions.
set_target_properties(fmt::fmt PROPERTIES INTERFACE_COMPILE_DEFINITIONS
  "FMT_HEADER_ONLY;FMT_STATIC_THOUSANDS_SEPARATOR=',';FMT_USE_FLOAT=0;FMT_USE_DOUBLE=0;FMT_USE_LONG_DOUBLE=0")

function(lanbridge_archive target header suffix library)
  find_path(${target}_include ${header} PATH_SUFFIXES ${suffix})
  find_library(${target}_archive ${library})
  if(NOT ${target}_include OR NOT ${target}_archive)
    message(FATAL_ERROR "${header} or ${library} is missing: scripts/gateway_sysroot.sh makes the sysroots of the gateways'"
      " processors, scripts/packages.sh build installs this machine's")
  endif()
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${${target}_include}")
  target_link_libraries(${target} INTERFACE "${${target}_archive}")
endfunction()
# Lua 5.1 built as C++: its errors are exceptions, so that destructors between the throw and the catch run.
lanbridge_archive(lanbridge_lua lua.hpp lua5.1 liblua5.1-c++.a)
find_path(LANBRIDGE_LUA_MULTIARCH lua5.1-deb-multiarch.h)
if(LANBRIDGE_LUA_MULTIARCH)
  target_include_directories(lanbridge_lua SYSTEM INTERFACE "${LANBRIDGE_LUA_MULTIARCH}")
endif()
lanbridge_archive(lanbridge_paho_c MQTTAsync.h "" libpaho-mqtt3a.a)

# Not for a shared library nor for any address: shorter code, most of all on MIPS, whose position-independent code
# reaches everything by way of a table.
set(LANBRIDGE_GATEWAY_FLAGS -fno-pic -fno-pie)
# The names of types and of places in Boost's sources, which nothing here looks at.
target_compile_options(lanbridge_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
target_compile_definitions(lanbridge_options INTERFACE
  BOOST_ASIO_NO_TYPEID BOOST_DISABLE_CURRENT_LOCATION BOOST_EXCEPTION_DISABLE)
if(LANBRIDGE_LTO)
  list(APPEND LANBRIDGE_GATEWAY_FLAGS -flto=auto)
  # g++ numbers what is in a coroutine's frame anew in each file, and then takes equal frames for different ones.
  target_link_options(lanbridge_options INTERFACE -Wno-odr)
  set(CMAKE_AR "${CMAKE_CXX_COMPILER_AR}")
  set(CMAKE_RANLIB "${CMAKE_CXX_COMPILER_RANLIB}")
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "mipsel")
  list(APPEND LANBRIDGE_GATEWAY_FLAGS -mno-abicalls)
  target_link_options(lanbridge_options INTERFACE -Wl,--no-warn-mismatch)  # the libraries are of the other kind
  # MIPS32 has no 64-bit atomics.
  target_link_libraries(lanbridge_options INTERFACE atomic)
endif()
target_compile_options(lanbridge_options INTERFACE -ffunction-sections -fdata-sections ${LANBRIDGE_GATEWAY_FLAGS})
target_link_options(lanbridge_options INTERFACE -static -no-pie -s -Wl,--gc-sections ${LANBRIDGE_GATEWAY_FLAGS})
