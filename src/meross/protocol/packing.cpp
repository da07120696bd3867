// Which requests of a poll travel together.
#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {
namespace {

/// What the envelope around a packed answer takes.
constexpr double envelope_chars = 300;

/// System.All is the longest answer there is, and some devices fail to give it inside a Multiple.
bool must_be_alone(const Request& request) noexcept {
    return request.name_space == "Appliance.System.All" || request.name_space == multiple_namespace;
}

class Packer {
public:
    Packer(std::span<const PackItem> due, std::span<const PackItem> lazy, int slots, double size_max)
        : due_(due),
          lazy_(lazy),
          lazy_used_(lazy.size(), false),
          slots_(static_cast<std::size_t>(slots > 1 ? slots : 0)),
          size_max_(size_max) {}

    PackPlan run() {
        for (std::size_t i = 0; i < due_.size(); ++i) add(i);
        flush();
        return std::move(plan_);
    }

private:
    void add(std::size_t index) {
        const double estimate = due_[index].estimate;
        if (slots_ == 0 || must_be_alone(due_[index].request) || estimate >= size_max_) return alone(index);
        if (sum_ + estimate > size_max_) {
            if (pending_.empty()) return alone(index);
            flush();
        }
        pending_.push_back(index);
        sum_ += estimate;
        if (pending_.size() == slots_) flush();
    }

    void alone(std::size_t index) {
        plan_.due_batches.push_back({index});
        plan_.lazy_in_batch.emplace_back();
    }

    void flush() {
        if (pending_.empty()) return;
        plan_.lazy_in_batch.push_back(fill_spare_slots());
        plan_.due_batches.push_back(std::exchange(pending_, {}));
        sum_ = envelope_chars;
    }

    std::vector<std::size_t> fill_spare_slots() {
        std::vector<std::size_t> taken;
        for (std::size_t i = 0; i < lazy_.size() && pending_.size() + taken.size() < slots_; ++i) {
            if (lazy_used_[i] || must_be_alone(lazy_[i].request)) continue;
            if (sum_ + lazy_[i].estimate >= size_max_) continue;
            lazy_used_[i] = true;
            sum_ += lazy_[i].estimate;
            taken.push_back(i);
        }
        return taken;
    }

    std::span<const PackItem> due_;
    std::span<const PackItem> lazy_;
    std::vector<bool> lazy_used_;
    std::size_t slots_;
    double size_max_;
    std::vector<std::size_t> pending_;
    double sum_ = envelope_chars;
    PackPlan plan_;
};

}  // namespace

PackPlan plan_batches(std::span<const PackItem> due, std::span<const PackItem> lazy, int max_cmd_num,
                      const ResponseSizeModel& sizes) {
    return Packer(due, lazy, max_cmd_num, sizes.max()).run();
}

}  // namespace lanbridge::meross
