#include "meross/hub/subdevices.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::meross {
namespace {

/// A key of the hub's digest and the model that it stands for.
struct Model {
    std::string_view type;
    std::string_view name;
};
constexpr std::array models{
    Model{"doorWindow", "ms200"}, Model{"ms100", "ms100"},       Model{"ms130", "ms130"},
    Model{"mts100", "mts100"},    Model{"mts100v3", "mts100v3"}, Model{"mts150", "mts150"},
    Model{"mts150p", "mts150p"},  Model{"smokeAlarm", "gs559"},  Model{"tempHum", "ms100"},
    Model{"tempHumi", "ms130"},   Model{"waterLeak", "ms400"},
};
static_assert(std::ranges::is_sorted(models, {}, &Model::type));

}  // namespace

std::vector<FeaturePtr> make_subdevice_features(const SubdeviceFacts& /*facts*/) { return {}; }

std::string subdevice_model(std::string_view type) {
    const auto it = std::ranges::lower_bound(models, type, {}, &Model::type);
    return std::string(it != models.end() && it->type == type ? it->name : type);
}

}  // namespace lanbridge::meross
