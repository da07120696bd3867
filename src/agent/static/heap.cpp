#include <malloc.h>

// Without this each thread gets a heap of its own, of which it uses little, and what is freed stays with the
// program.
namespace {

constexpr int kept_at_the_top = 64 * 1024;

struct SmallHeap {
    SmallHeap() {
        ::mallopt(M_ARENA_MAX, 1);
        ::mallopt(M_TRIM_THRESHOLD, kept_at_the_top);
    }
};
const SmallHeap small_heap;

}  // namespace
