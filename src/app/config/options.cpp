#include "app/config/option.hpp"

namespace lanbridge::app {

const std::vector<Option>& option_tree() {
    static const std::vector<Option> tree{mqtt_options(),          embedded_broker_options(),
                                          homeassistant_options(), meross_options(),
                                          xiaomi_options(),        log_options()};
    return tree;
}

}  // namespace lanbridge::app
