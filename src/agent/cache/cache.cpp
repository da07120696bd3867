#include "agent/cache/cache.hpp"

#include <algorithm>
#include <array>

#include "agent/cache/product_rules.hpp"
#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

void set_result(Message& answer, std::string_view result) {
    answer.set("result", result);
    answer.erase("error");
}

}  // namespace

Cache::Cache(Context context, Journal& journal, std::string store_path)
    : context_(std::move(context)),
      journal_(journal),
      store_(std::move(store_path)),
      tasks_(context_.executor),
      changed_(context_.executor) {}

const Cache::Rule* Cache::rule_of(const Question& question) noexcept {
    static constexpr std::array rules{
        Rule{bluetooth_address, "local.query_status", &Cache::pretend_connected},
        Rule{bluetooth_address, "_sync.ble_query_dev", &Cache::query_device},
        Rule{bluetooth_address, "_sync.ble_query_dev_list", &Cache::query_devices},
        Rule{bluetooth_address, "_sync.ble_query_prod", &Cache::query_product},
        Rule{bluetooth_address, "_async.ble_event", &Cache::accept_event},
        Rule{bluetooth_address, "_sync.ble_keep_alive", &Cache::keep_alive},
        Rule{central_address, "_sync.get_homeroom_info", &Cache::query_home},
    };
    const auto method = question.message.method();
    const auto found = std::ranges::find_if(
        rules, [&](const Rule& rule) { return rule.from == question.from && rule.method == method; });
    return found == rules.end() ? nullptr : &*found;
}

bool Cache::apply(const Question& question, Message& answer) {
    const auto* rule = rule_of(question);
    if (!rule || !(this->*rule->apply)(question.message, answer)) return false;
    if (journal_.enabled(Part::cache, Severity::debug))
        journal_.debug(Part::cache, "[cach] answer changed", {{"method", rule->method}});
    return true;
}

bool Cache::pretend_connected(const Message&, Message& answer) {
    const auto state = answer.raw("params");
    if (state != R"("cloud_trying")" && state != R"("cloud_retry")") return false;
    answer.set("params", R"("cloud_connected")");
    return true;
}

bool Cache::accept_event(const Message&, Message& answer) {
    if (!answer.has("error")) return false;
    set_result(answer, R"("ok")");
    return true;
}

bool Cache::keep_alive(const Message&, Message& answer) {
    if (!answer.has("error")) return false;
    set_result(answer, R"({"operation":"keep_alive","intvl":1200,"delta":300,"filter":[]})");
    return true;
}

bool Cache::query_device(const Message& request, Message& answer) {
    return remember_or_recall(Kept::device, request.raw("params"), answer);
}

bool Cache::query_home(const Message&, Message& answer) { return remember_or_recall(Kept::home, "", answer); }

bool Cache::query_devices(const Message& request, Message& answer) {
    if (answer.has("result")) {
        for_each_element(member_of(answer.raw("result"), "authed_devs"),
                         [&](std::string_view device) { remember(Kept::device, device, device); });
        return false;
    }
    std::string known = R"({"authed_devs":[)";
    const auto empty = known.size();
    for_each_element(member_of(request.raw("params"), "devices"), [&](std::string_view device) {
        const auto* kept = recall(Kept::device, device);
        if (!kept) return;
        if (known.size() > empty) known.push_back(',');
        known.append(*kept);
    });
    set_result(answer, known + R"(],"denied_devs":[]})");
    return true;
}

bool Cache::query_product(const Message& request, Message& answer) {
    const bool recalled = remember_or_recall(Kept::product, request.raw("params"), answer);
    const auto hastened = hasten_reports(answer.raw("result"));
    if (hastened) answer.set("result", *hastened);
    return recalled || hastened;
}

/// True when it recalled.
bool Cache::remember_or_recall(Kept kind, std::string_view asked, Message& answer) {
    if (answer.has("result")) {
        remember(kind, asked, answer.raw("result"));
        return false;
    }
    const auto* kept = recall(kind, asked);
    if (kept) set_result(answer, *kept);
    return kept != nullptr;
}

}  // namespace lanbridge::agent
