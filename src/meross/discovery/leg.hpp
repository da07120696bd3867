#pragma once

#include <functional>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"
#include "lanbridge/meross/discovery.hpp"

namespace lanbridge::meross {

/// One way of finding devices. Ends by `stop`, and may go once it is `idle`.
class Leg {
public:
    /// False: it came too fast and was dropped.
    using Report = std::function<bool(const Sighting&)>;

    Leg(Context context, std::string name, Report report);
    Leg(const Leg&) = delete;
    Leg& operator=(const Leg&) = delete;
    virtual ~Leg() = default;

    virtual void start() = 0;
    virtual void stop() { nursery_.stop(); }
    bool idle() const noexcept { return nursery_.idle(); }
    /// Look now, at a bounded rate.
    virtual void seek() {}
    /// A full round, from beginning to end.
    virtual boost::asio::awaitable<void> scan() { co_return; }
    const LegStatus& status() const noexcept { return status_; }

protected:
    using Clock = TimeSource::Clock;

    void report(const Sighting& sighting);
    void malformed(const std::string& from, const std::string& what);
    void dropped();
    void running();
    /// Says why, once for each reason.
    void failed(const std::string& why);
    Clock::time_point now() const { return context_.time.now(); }

    Context context_;
    Nursery nursery_;

private:
    LegStatus status_;
    Report report_;
    Tally nonsense_;
    Tally flood_;
};

}  // namespace lanbridge::meross
