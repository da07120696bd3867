#include "lanbridge/meross/account.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/account/service.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.account");

/// Hubs are few; each is one more question to somebody else's server.
constexpr std::size_t most_hubs = 20;

bool is_hub(const AccountDevice& device) { return device.type.starts_with("msh"); }

/// One visit: where, as whom.
class Visit {
public:
    Visit(Context context, ServicePoster& poster, ServiceUrl service, AccountLogin login)
        : context_(std::move(context)),
          poster_(poster),
          service_(std::move(service)),
          login_(std::move(login)) {}

    asio::awaitable<Result<Account>> run() {
        auto signed_in = co_await sign_in();
        if (!signed_in) co_return std::move(signed_in).error();
        co_await list_devices();
        if (login_.subdevices) co_await list_subdevices();
        co_await sign_out();
        co_return std::move(account_);
    }

private:
    asio::awaitable<Result<ServiceAnswer>> ask(std::string path, Json data) {
        const auto nonce = context_.random.hex(16);
        std::string body = service_body(dump_json(data), context_.time.wall_ms(), nonce);
        logger.debug("{} <- {}", service_.text(), path);
        auto text = co_await poster_.post(service_, path, authorization_, std::move(body));
        if (!text) co_return std::move(text).error();
        auto answer = parse_service_answer(*text);
        if (!answer) co_return answer.error().in(service_.text());
        logger.debug("{} -> {}: status {}", service_.text(), path, answer->status);
        co_return answer;
    }

    asio::awaitable<Result<void>> sign_in() {
        auto code = login_.code;
        bool moved = false;
        bool asked = code.has_value();
        for (;;) {
            auto data = sign_in_data(login_, code, context_.random.hex(16));
            auto answer = co_await ask("/v1/Auth/signIn", std::move(data));
            if (!answer) co_return std::move(answer).error();
            if (answer->status == 0) co_return remember_login(*answer);
            if (answer->status == status_wrong_region && !moved) {
                moved = true;
                auto there = other_region(service_, string_or(answer->data, {"domain"}, ""));
                if (!there) co_return std::move(there).error();
                service_ = *std::move(there);
                continue;
            }
            if (answer->status == status_code_required && !asked && login_.ask_code) {
                asked = true;
                code = login_.ask_code();
                if (code) continue;
            }
            co_return service_error(*answer);
        }
    }

    Result<void> remember_login(const ServiceAnswer& answer) {
        const auto token = string_or(answer.data, {"token"}, "");
        account_.key = Secret(string_or(answer.data, {"key"}, ""));
        account_.email = string_or(answer.data, {"email"}, login_.email);
        account_.user_id = string_or(answer.data, {"userid"}, "");
        if (account_.user_id.empty()) account_.user_id = std::to_string(int_or(answer.data, {"userid"}, 0));
        if (token.empty() || account_.key.empty())
            return Error(Errc::malformed, "the account service let us in, but gave no key");
        if (token.find_first_of("\r\n") != std::string::npos)
            return Error(Errc::malformed, "the account service gave a token with line breaks");
        authorization_ = "Basic " + token;  // the token as it is, whatever the word says
        if (const auto domain = string_or(answer.data, {"domain"}, ""); !domain.empty())
            if (auto there = other_region(service_, domain)) service_ = *std::move(there);
        return {};
    }

    asio::awaitable<void> list_devices() {
        auto answer = co_await ask("/v1/Device/devList", Json::object());
        if (answer && answer->status == 0) {
            account_.devices = parse_device_list(answer->data);
            co_return;
        }
        const auto why = answer ? service_error(*answer) : answer.error();
        account_.notes.push_back("the list of devices did not come: " + why.text());
    }

    asio::awaitable<void> list_subdevices() {
        std::size_t hubs = 0;
        for (auto& device : account_.devices) {
            if (!is_hub(device) || ++hubs > most_hubs) continue;
            Json data{{"uuid", device.uuid}};
            auto answer = co_await ask("/v1/Hub/getSubDevices", std::move(data));
            if (answer && answer->status == 0)
                device.subdevices = parse_subdevices(answer->data);
            else
                account_.notes.push_back("what is behind the hub " + device.name + " did not come");
        }
    }

    /// Open logins are counted, and too many lock the account.
    asio::awaitable<void> sign_out() {
        auto answer = co_await ask("/v1/Profile/Logout", Json::object());
        if (!answer || answer->status != 0)
            account_.notes.emplace_back("signing out did not work; the login ends by itself");
    }

    Context context_;
    ServicePoster& poster_;
    ServiceUrl service_;
    AccountLogin login_;
    std::string authorization_;
    Account account_;
};

}  // namespace

asio::awaitable<Result<Account>> fetch_account(Context context, ServicePoster& poster, ServiceUrl service,
                                               AccountLogin login) {
    Visit visit(std::move(context), poster, std::move(service), std::move(login));
    co_return co_await visit.run();
}

}  // namespace lanbridge::meross
