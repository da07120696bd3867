#include "lanbridge/base/log.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace lanbridge;
using log::Level;

namespace {

/// Collects what passes, and puts the default settings back.
class Collector {
public:
    explicit Collector(Level level) {
        log::set_tap(level, [this](Level at, std::string_view logger, std::string_view message) {
            lines.push_back(std::string(log::level_name(at)) + ' ' + std::string(logger) + ' ' +
                            std::string(message));
        });
    }
    ~Collector() {
        log::set_tap(Level::off, {});
        log::configure({});
    }
    std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

log::Settings settings(Level level, std::map<std::string, Level> levels = {}) {
    log::Settings made;
    made.level = level;
    made.format = log::Format::text;
    made.levels = std::move(levels);
    return made;
}

}  // namespace

TEST_CASE("levels have names", "[base][log]") {
    for (auto level : {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::off}) {
        Level back = Level::info;
        CHECK(log::parse_level(log::level_name(level), back));
        CHECK(back == level);
    }
    Level level = Level::debug;
    CHECK(log::parse_level("warning", level));
    CHECK(level == Level::warn);
    CHECK_FALSE(log::parse_level("loud", level));
    CHECK_FALSE(log::parse_level("", level));
    CHECK(level == Level::warn);
}

TEST_CASE("a logger takes the level of its longest configured prefix", "[base][log]") {
    const log::Logger early("prefix_test.http");
    log::configure(
        settings(Level::error, {{"prefix_test", Level::info}, {"prefix_test.mqtt", Level::trace}}));
    const Collector restore(Level::off);
    const log::Logger late("prefix_test.mqtt.inner");
    CHECK(early.enabled(Level::info));
    CHECK_FALSE(early.enabled(Level::debug));
    CHECK(late.enabled(Level::trace));
    const log::Logger neighbour("prefix_testing");
    CHECK_FALSE(neighbour.enabled(Level::warn));
    CHECK(neighbour.enabled(Level::error));
    CHECK(log::global_level() == Level::error);
    log::configure(settings(Level::info, {{"prefix_test.http", Level::off}}));
    CHECK_FALSE(early.enabled(Level::error));
    CHECK_FALSE(late.enabled(Level::debug));
}

TEST_CASE("the tap sees what passes both levels", "[base][log]") {
    log::configure(settings(Level::error, {{"tap_test", Level::debug}}));
    Collector seen(Level::info);
    const log::Logger logger("tap_test");
    logger.trace("not enabled");
    logger.debug("below the tap's level");
    logger.info("n = {}", 42);
    logger.warn("w");
    log::Logger("tap_test_other").warn("not enabled for this logger");
    CHECK(seen.lines == Lines{"info tap_test n = 42", "warn tap_test w"});
}

TEST_CASE("a tap that logs is not given its own records, and can be removed", "[base][log]") {
    log::configure(settings(Level::info));
    const Collector restore(Level::off);
    const log::Logger logger("tap_loop_test");
    int calls = 0;
    log::set_tap(Level::trace, [&](Level, std::string_view, std::string_view) {
        ++calls;
        logger.info("from inside the tap");
    });
    logger.info("first");
    logger.info("second");
    CHECK(calls == 2);
    log::set_tap(Level::trace, {});
    logger.info("unseen");
    CHECK(calls == 2);
}
