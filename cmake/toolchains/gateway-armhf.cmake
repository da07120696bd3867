# Xiaomi Multimode Gateway 2, Aqara Hub E1: ARMv7 with VFPv3, Linux 4.9.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(LANBRIDGE_ARCHITECTURE armhf)
set(LANBRIDGE_TRIPLET arm-linux-gnueabihf)
set(LANBRIDGE_QEMU arm)
include("${CMAKE_CURRENT_LIST_DIR}/gateway.cmake")
