#include "support/schema.hpp"

#include <fstream>
#include <memory>
#include <stdexcept>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace lanbridge::test {
namespace {

Json load(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot open " + path);
    return Json::parse(file);
}

const valijson::Schema& parsed_schema() {
    static const auto schema = [] {
        auto parsed = std::make_unique<valijson::Schema>();
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        const valijson::adapters::NlohmannJsonAdapter adapter(discovery_schema());
        parser.populateSchema(adapter, *parsed);
        return parsed;
    }();
    return *schema;
}

std::string place_of(const std::vector<std::string>& context) {
    std::string place;
    for (const auto& step : context) place += step;
    return place;
}

}  // namespace

const Json& discovery_schema() {
    static const Json schema = load(std::string(LANBRIDGE_TEST_DATA) + "/ha-mqtt-schema.json");
    return schema;
}

std::vector<std::string> envelope_errors(const Json& envelope) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter target(envelope);
    std::vector<std::string> errors;
    if (validator.validate(parsed_schema(), target, &results)) return errors;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) errors.push_back(place_of(error.context) + ": " + error.description);
    if (errors.empty()) errors.emplace_back("refused by the schema");
    return errors;
}

std::vector<std::string> discovery_errors(std::string_view topic, const Json& payload) {
    Json envelope = Json::object();
    envelope["topic"] = std::string(topic);
    envelope["payload"] = payload;
    return envelope_errors(envelope);
}

std::vector<std::string> discovery_errors_of_text(std::string_view topic, std::string_view payload) {
    if (payload.empty()) return discovery_errors(topic, Json(""));
    const auto json = parse_json(payload);
    if (!json) return std::vector<std::string>{json.error().text()};
    return discovery_errors(topic, *json);
}

}  // namespace lanbridge::test
