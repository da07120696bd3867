# Xiaomi Multimode Gateway: MIPS32r2, little endian, Linux 3.10.
set(CMAKE_SYSTEM_PROCESSOR mipsel)
set(LANBRIDGE_ARCHITECTURE mipsel)
set(LANBRIDGE_TRIPLET mipsel-linux-gnu)
set(LANBRIDGE_QEMU mipsel)
include("${CMAKE_CURRENT_LIST_DIR}/gateway.cmake")
