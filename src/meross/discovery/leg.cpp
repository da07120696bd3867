#include "meross/discovery/leg.hpp"

#include "lanbridge/base/log.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.discovery");

}  // namespace

Leg::Leg(Context context, std::string name, Report report)
    : context_(std::move(context)),
      nursery_(context_.executor),
      status_(std::move(name)),
      report_(std::move(report)) {}

void Leg::report(const Sighting& sighting) {
    ++status_.seen;
    if (!report_(sighting)) dropped();
}

void Leg::malformed(const std::string& from, const std::string& what) {
    ++status_.malformed;
    if (const auto news = nonsense_.note(now()))
        logger.warn("{}: {} sent nonsense ({}); {} such so far, which are ignored", status_.name, from, what,
                    status_.malformed);
    else
        logger.debug("{}: {} sent nonsense ({})", status_.name, from, what);
}

void Leg::dropped() {
    ++status_.dropped;
    if (const auto news = flood_.note(now()))
        logger.warn("{}: more comes than devices could send; {} were ignored so far", status_.name,
                    status_.dropped);
}

void Leg::running() {
    if (status_.state == LegStatus::State::failed) logger.info("{}: works again", status_.name);
    status_.state = LegStatus::State::running;
    status_.why.clear();
}

void Leg::failed(const std::string& why) {
    if (status_.state != LegStatus::State::failed || status_.why != why)
        logger.warn("{}: {}", status_.name, why);
    status_.state = LegStatus::State::failed;
    status_.why = why;
}

}  // namespace lanbridge::meross
