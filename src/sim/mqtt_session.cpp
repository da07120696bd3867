#include "lanbridge/sim/mqtt_session.hpp"

#include "sim/names.hpp"

namespace lanbridge::sim {

using meross::Method;

namespace {

/// Messages that a slow device holds back; far more than a test delays, and a leak has an end.
constexpr std::size_t max_delayed = 4096;

bool is_answer(Method method) {
    return method == Method::setack || method == Method::getack || method == Method::deleteack ||
           method == Method::error;
}

}  // namespace

MqttSession::MqttSession(MerossDevice& device, TimeSource& time, Outlet outlet, MqttHabits habits)
    : device_(device), time_(time), outlet_(std::move(outlet)), habits_(habits), bind_due_(habits.bind) {}

void MqttSession::connected(const meross::BrokerAddress& broker) {
    device_.went_online(broker, [this](const meross::Message& message) { push(message); });
    stage_ = Stage::clock;
    attempts_ = 0;
    if (!device_.blueprint().supports(names::clock)) return clock_known();
    say_clock();
}

void MqttSession::disconnected() {
    if (!online()) return;
    stage_ = Stage::offline;
    repeat_.reset();
    delayed_.clear();
    held_.clear();
    device_.went_offline();
}

void MqttSession::say_clock() {
    ++attempts_;
    ++counters_.clocks;
    Json payload = Json::object();
    payload["clock"]["timestamp"] = device_.clock_s();
    if (attempts_ < habits_.clock_attempts)
        repeat_at(time_.now() + habits_.clock_interval);
    else
        repeat_.reset();
    push(device_.compose(names::clock, Method::push, std::move(payload)));
}

void MqttSession::clock_known() {
    repeat_.reset();
    if (!bind_due_) return announce();
    stage_ = Stage::bind;
    say_bind();
}

void MqttSession::say_bind() {
    ++counters_.binds;
    const auto all = device_.state(names::all);
    Json payload = Json::object();
    auto& bind = payload["bind"];
    bind["bindTime"] = device_.clock_s();
    for (const auto part : {"time", "hardware", "firmware"}) {
        const auto* value = find_member(all, {"system", part});
        bind[part] = value == nullptr ? Json::object() : *value;
    }
    auto message = device_.compose(names::bind, Method::set, std::move(payload));
    message.header.trigger_src = "DevBoot";
    message.header.from = topic();
    message.header.uuid = device_.identity().uuid.value();
    repeat_at(time_.now() + habits_.bind_interval);
    push(message);
}

void MqttSession::announce() {
    stage_ = Stage::steady;
    repeat_.reset();
    ++counters_.births;
    const auto send = [this](std::string_view name, Json payload) {
        push(device_.compose(name, Method::push, std::move(payload)));
    };
    Json line = Json::object();
    line["type"] = "1";
    line["value"] = "0";
    line["timestamp"] = device_.clock_s();
    Json payload = Json::object();
    payload["report"] = Json::array();
    payload["report"].push_back(std::move(line));
    send(names::report, std::move(payload));
    const auto all = device_.state(names::all);
    payload = Json::object();
    if (const auto* time = find_member(all, {"system", "time"})) payload["time"] = *time;
    send(names::time, std::move(payload));
    payload = Json::object();
    payload["online"]["status"] = 1;
    send(names::online, std::move(payload));
    if (device_.blueprint().supports(names::consumption_config)) {
        payload = device_.state(names::consumption_config);
        if (!payload.is_null()) send(names::consumption_config, std::move(payload));
    }
}

void MqttSession::received(std::string_view text) {
    if (!online()) return;
    ++counters_.received;
    auto message = meross::parse_message(text);
    if (!message) {
        ++counters_.malformed;
        return;
    }
    if (!to_itself(*message)) obey(*message, text);
}

/// Answers to what the device said, which are no requests.
bool MqttSession::to_itself(const meross::Message& message) {
    const auto& header = message.header;
    const bool push = header.method == Method::push && !message.payload.empty();
    if (!is_answer(header.method) && !push) return false;
    if (!meross::signature_valid(header, device_.identity().key)) {
        ++counters_.ill_signed;
        return true;
    }
    if (push && header.name_space == names::clock) {
        const auto now = int_or(message.payload, {"clock", "timestamp"}, 0);
        if (now <= 0) return true;
        if (!device_.blueprint().clock) device_.set_clock(now);  // a replay stays in its own day
        if (stage_ == Stage::clock) clock_known();
    } else if (header.name_space == names::bind && header.method == Method::setack) {
        bind_due_ = false;
        if (stage_ == Stage::bind) announce();
    } else if (push && header.name_space == names::consumption_config) {
        ++counters_.config_echoes;
    }
    return true;
}

void MqttSession::obey(const meross::Message& message, std::string_view text) {
    const auto faults = take_faults();
    if (faults.silent) return;
    obeying_ = true;
    auto reply = device_.handle(text, Via::mqtt);
    obeying_ = false;
    auto pushes = std::move(held_);
    held_.clear();
    if (reply.kind == Reply::Kind::answer && !faults.unanswered) {
        ++counters_.replies;
        const auto& from = message.header.from;
        transmit(from.empty() ? meross::publish_topic(device_.identity().uuid) : from, std::move(reply.body),
                 faults);
    } else if (reply.kind == Reply::Kind::answer) {
        ++counters_.dropped;
    }
    for (const auto& each : pushes) push(each);
}

void MqttSession::push(const meross::Message& message) {
    if (!online()) return;
    if (obeying_) {
        held_.push_back(message);
        return;
    }
    if (faults_.drop_pushes) {
        ++counters_.dropped;
        return;
    }
    ++counters_.pushes;
    transmit(meross::publish_topic(device_.identity().uuid), meross::serialize(message), faults_);
}

void MqttSession::transmit(std::string topic, std::string payload, const MqttFaults& faults) {
    if (faults.wrong_sign) {
        if (auto message = meross::parse_message(payload)) {
            message->header.sign = std::string(32, '0');
            payload = meross::serialize(*message);
        }
    }
    for (int copy = 0; copy < faults.copies; ++copy) {
        if (faults.delay.count() <= 0) {
            outlet_.send(topic, payload);
        } else if (delayed_.size() >= max_delayed) {
            ++counters_.dropped;
        } else {
            const auto due = time_.now() + faults.delay;
            delayed_.emplace(due, Delayed(topic, payload));
            if (outlet_.wake) outlet_.wake(due);
        }
    }
}

void MqttSession::repeat_at(TimePoint when) {
    repeat_ = when;
    if (outlet_.wake) outlet_.wake(when);
}

std::optional<MqttSession::TimePoint> MqttSession::next_due() const {
    auto due = repeat_;
    if (!delayed_.empty()) due = std::min(due.value_or(TimePoint::max()), delayed_.begin()->first);
    return due;
}

void MqttSession::tick() {
    if (!online()) return;
    const auto now = time_.now();
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        const auto next = delayed_.extract(delayed_.begin());
        outlet_.send(next.mapped().topic, next.mapped().payload);
    }
    if (!repeat_ || *repeat_ > now) return;
    if (stage_ == Stage::clock) return say_clock();
    if (stage_ == Stage::bind) return say_bind();
    repeat_.reset();
}

MqttFaults MqttSession::take_faults() {
    if (faults_.requests) {
        if (*faults_.requests <= 0)
            faults_ = MqttFaults();
        else
            --*faults_.requests;
    }
    return faults_;
}

}  // namespace lanbridge::sim
