#include "library.hpp"

bool lanbridge::test::has_mqtt5() { return false; }
