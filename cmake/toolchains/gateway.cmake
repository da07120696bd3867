# What the gateways' toolchains have in common: Debian 12's compiler for LANBRIDGE_TRIPLET, and Lua's and Paho's archives
# from the sysroot that scripts/gateway_sysroot.sh unpacks. Boost and fmt are headers of this machine, which the compiler
# finds by itself.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${LANBRIDGE_TRIPLET}-gcc)
set(CMAKE_CXX_COMPILER ${LANBRIDGE_TRIPLET}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${LANBRIDGE_TRIPLET})

set(LANBRIDGE_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot" CACHE PATH "Made by scripts/gateway_sysroot.sh")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LANBRIDGE_SYSROOT)
set(CMAKE_FIND_ROOT_PATH "${LANBRIDGE_SYSROOT}/${LANBRIDGE_ARCHITECTURE}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(LANBRIDGE_EMULATOR qemu-${LANBRIDGE_QEMU}-static)
if(LANBRIDGE_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${LANBRIDGE_EMULATOR}")
endif()
