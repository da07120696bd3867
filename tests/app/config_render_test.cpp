#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <regex>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "app/config/render.hpp"
#include "app/config/secret_source.hpp"
#include "config_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::app;
using namespace lanbridge::test;

namespace {

/// As an editor that follows YAML 1.2 sees it; tags of ours are texts.
Json to_json(const YAML::Node& node) {
    if (node.IsNull()) return Json();
    if (node.IsSequence()) {
        auto out = Json::array();
        for (const auto& item : node) out.push_back(to_json(item));
        return out;
    }
    if (node.IsMap()) {
        auto out = Json::object();
        for (const auto& entry : node) out[entry.first.Scalar()] = to_json(entry.second);
        return out;
    }
    if (node.Tag() != "?") return node.Scalar();
    auto plain = Json::parse(node.Scalar(), nullptr, false);
    return plain.is_discarded() ? Json(node.Scalar()) : plain;
}

bool schema_accepts(const std::string& yaml) {
    static const Json document = Json::parse(schema_text());
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const valijson::adapters::NlohmannJsonAdapter schema_adapter(document);
    parser.populateSchema(schema_adapter, schema);
    const Json target = to_json(YAML::Load(yaml));
    const valijson::adapters::NlohmannJsonAdapter target_adapter(target);
    valijson::ValidationResults results;
    const bool valid = valijson::Validator().validate(schema, target_adapter, &results);
    valijson::ValidationResults::Error error;
    while (results.popError(error)) UNSCOPED_INFO(error.description);
    return valid;
}

std::string content(const std::string& path) {
    auto text = read_text_file(path, max_config_file);
    return text ? *text : text.error().text();
}

const std::string begin_mark = "<!-- options: begin -->\n\n";
const std::string end_mark = "\n<!-- options: end -->";

/// The part of the documentation between the marks.
std::string documented_reference(const std::string& text) {
    const auto from = text.find(begin_mark);
    const auto to = text.find(end_mark);
    if (from == std::string::npos || to == std::string::npos) return "the marks are missing";
    return text.substr(from + begin_mark.size(), to - from - begin_mark.size());
}

std::string with_reference(std::string text, const std::string& reference) {
    const auto from = text.find(begin_mark);
    const auto to = text.find(end_mark);
    if (from == std::string::npos || to == std::string::npos) return text;
    return text.replace(from + begin_mark.size(), to - from - begin_mark.size(), reference);
}

/// What a user does who takes away every "#" in front of an option.
std::string uncommented(const std::string& starter) {
    static const std::regex option("^( *)#(?=\\S|  )");
    std::istringstream lines(starter);
    std::string out;
    for (std::string line; std::getline(lines, line);) out += std::regex_replace(line, option, "$1") + '\n';
    return out;
}

}  // namespace

TEST_CASE("the schema accepts what the program accepts", "[app][config]") {
    CHECK(schema_accepts(content(LANBRIDGE_TEST_DATA "/config/full.yaml")));
    CHECK(schema_accepts(starter_config()));
    CHECK(schema_accepts(uncommented(starter_config())));
    CHECK(schema_accepts("mqtt: {broker: embedded, protocol: 5}"));
}

TEST_CASE("the schema refuses what the program refuses", "[app][config]") {
    for (const auto* wrong :
         {"nothing: 1", "mqtt: {brokr: embedded}", "mqtt: {protocol: 4}", "meross: {poll_interval: 30}",
          "meross: {keys: abc}", "meross: {devices: [{host: 'http://a'}]}", "meross: {devices: [{hots: a}]}",
          "log: {level: loud}", "homeassistant: {enabled: maybe}", "mqtt: {broker: 192.168.1.5}",
          "meross: {devices: [{host: a, trace: {max_size: 64}}]}",
          "xiaomi: {devices: [{host: a, token: [zz]}]}"}) {
        INFO(wrong);
        CHECK_FALSE(schema_accepts(wrong));
        CHECK_FALSE(parse(wrong).ok());
    }
}

TEST_CASE("the starter means the defaults, and every line of it can be switched on", "[app][config]") {
    const auto untouched = parse(starter_config());
    CHECK(untouched.ok());
    const TemporaryFolder folder;
    folder.write("secrets.yaml",
                 "mqtt_password: a\nbroker_password: b\nmeross_key: c\nkettle_key: d\ngateway_password: e\n"
                 "gateway_token: 00112233445566778899aabbccddeeff\npurifier_token: "
                 "00112233445566778899aabbccddeeff\n");
    const auto all = load_config_file(folder.write("c.yaml", uncommented(starter_config())), environment());
    INFO(complaints(all));
    CHECK(all.config.meross.devices.at(0).name == "Kettle");
    CHECK(all.config.xiaomi.gateways.at(0).mqtt_username == "agent");
    CHECK(all.problems.size() == 3);  // the three files for TLS do not exist here
    for (const auto& problem : all.problems) CHECK(problem.path.starts_with("mqtt.tls."));
}

TEST_CASE("the files made from the options are up to date", "[app][config]") {
    const std::string schema = LANBRIDGE_SOURCE_DIR "/config/lanbridge.schema.json";
    const std::string example = LANBRIDGE_SOURCE_DIR "/config/lanbridge.example.yaml";
    const std::string docs = LANBRIDGE_SOURCE_DIR "/docs/configuration.md";
    if (std::getenv("LANBRIDGE_UPDATE_FILES")) {  // after a change of the options
        const auto text = with_reference(content(docs), option_reference());
        std::ofstream(schema) << schema_text();
        std::ofstream(example) << starter_config();
        std::ofstream(docs) << text;
    }
    CHECK(content(schema) == schema_text());
    CHECK(content(example) == starter_config());
    CHECK(documented_reference(content(docs)) == option_reference());
}
