"""No capturing lambda, no `{…}` and no `?:` in a statement that contains co_await; no condition that awaits.

g++ 12 destroys some temporaries of such statements twice, without a warning (docs/decisions/0006). Usage:
  coroutine_rules.py SOURCE_DIR    exit status 1 with one line per violation
  coroutine_rules.py --self-test
"""

import re
import sys

import cpp_source
import tree


def violations(source):
    """(line, sentence) for each rule that a statement breaks."""
    found = []
    for statement in cpp_source.statements(source):
        if not statement.awaits:
            continue
        found += [(line, "capturing lambda in a statement with co_await: name it first, then std::move")
                  for line in statement.capturing_lambdas]
        found += [(line, "{…} in a statement with co_await: name the object first, then std::move")
                  for line in statement.braces]
        found += [(line, "?: in a statement with co_await: use if and else") for line in statement.ternaries]
    return found + awaiting_conditions(source)


# In a coroutine without a local variable g++ 12 keeps such a condition's result in memory that nobody owns. A
# condition that declares (`if (auto x = co_await …)`) is sound; one that only computes gets a name before.
AWAITING_CONDITION = re.compile(r"\b(?:if|while|switch)\s*\(\s*!?\s*co_await\b")


def awaiting_conditions(source):
    return [(source.count("\n", 0, match.start()) + 1, "co_await in a condition: name its result first")
            for match in AWAITING_CONDITION.finditer(source)]


GOOD = [
    "A f() { co_await g(); }",
    "A f() { Command c{1, 2}; co_await send(std::move(c)); }",
    "A f() { if (auto [ec] = co_await s.async_connect(p, as_result); ec) co_return Error(ec, \"{ ? [x] {\"); }",
    "A f() { auto [ec, n] = co_await read(buffer[0]); const auto& [a, b] = co_await both(); }",
    "A f() { int x = a ? 1 : 2; co_await g(x); }",
    "A f() { while (const auto more = co_await g()) { x = y ? T{1} : T{2}; } }",
    "A f() { for (auto it = b; !co_await g(it); it = n ? n : it) { ++polls; } }",
    "A f() { for (auto t = T{}; !co_await g(t); ++t) h(); }",
    "A f() { co_await g(); // T{1} ? [x] { }\n }",
    "A f() { co_await g([](int) { return 1; }); }",
    "A f() { auto task = [x]() -> A { co_await g(); }; co_await task(); }",
    "A f() { spawn([self] { return run([x]() -> A { co_await g(); }); }); }",
    "A f() { co_await g(R\"x({ ? [y] )\" )x\"); }",
    "A f() { const auto way = co_await g(); switch (way) { case 1: h(T{}); break; default: { k(); } } }",
    "A f() { try { co_await g(); } catch (const E& e) { h({1}); } }",
    "struct S { int a{1}; A f() const { co_await g(); } S() : a{2}, b(3) { h(); } };",
    "A f() { co_return Answer{1, 2}; }",
    "A f() { const bool many = 1'000 < x; co_await g(many, 'a', '?', '{'); }",
    "A f() { [[maybe_unused]] auto x = co_await g(); }",
    "auto f() -> awaitable<Result<void>> { co_await g(); }",
    "template <class T> A f(T t) requires C<T> { co_await g(t[0], array[i]); }",
]
BAD = [
    "A f() { co_await g(T{1}); }",
    "A f() { co_await g({1, 2}); }",
    "A f() { co_await g([x] { return x; }); }",
    "A f() { co_await g([&] { return 1; }); }",
    "A f() { co_await g([this](int) mutable -> int { return 1; }); }",
    "A f() { auto v = b ? co_await g() : co_await h(); }",
    "A f() { co_await (b ? g() : h()); }",
    "A f() { T t{co_await g()}; }",
    "A f() { if (auto r = co_await g(T{.a = 1}); r) { } }",
    "A f() { for (auto x : co_await g({1})) { } }",
    "A f() { auto task = [x]() -> A { co_await g({1}); }; }",
    "A f() { co_await g(\n    \"text\",\n    std::optional<T>{});\n}",
    "A f() { if (x) { } else co_await g(T{}); }",
    "A f() { co_return Answer{co_await g()}; }",
    "A f() { if (co_await g()) co_return; }",
    "A f() { while (!co_await g()) h(); }",
    "A f() { switch (co_await g()) { default: h(); } }",
    "struct S { A f() { co_await g(std::vector<int>{1}); } };",
    "A f() { std::string s = c == '\"' ? co_await g() : \"\"; }",
]


def self_test():
    wrong = [f"good sample is refused: {sample}\n  {violations(sample)}" for sample in GOOD if violations(sample)]
    wrong += [f"bad sample passes: {sample}" for sample in BAD if not violations(sample)]
    multi_line = violations(BAD[11])
    if [line for line, _ in multi_line] != [3]:
        wrong.append(f"the line of a violation is wrong: {multi_line}")
    return wrong


def main(argument):
    if argument == "--self-test":
        return tree.report(self_test(), f"{len(GOOD)} good and {len(BAD)} bad samples are told apart")
    found, awaits = [], 0
    for path, text in tree.sources(argument, ("include", "src", "tests", "bench"), exempt="tests/toolchain/"):
        awaits += text.count("co_await")
        found += [f"{path}:{line}: {sentence}" for line, sentence in violations(text)]
    return tree.report(found, f"{awaits} co_await are clean")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
