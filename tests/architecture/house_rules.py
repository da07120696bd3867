"""Sizes of files and functions, no machine paths, no loose ends, and links in the documents that lead somewhere. Usage:
  house_rules.py SOURCE_DIR    exit status 1 with one line per violation
  house_rules.py --self-test
"""

import os
import re
import sys
import tempfile

import cpp_source
import tree

MOST_HEADER_LINES = 150
MOST_SOURCE_LINES = 350
MOST_TABLE_LINES = 900  # of *_table.cpp: data in rows
MOST_FUNCTION_LINES = 60
CODE_FOLDERS = ("include", "src", "tests", "bench")
# Spelled in pieces, so that this file passes its own test.
MACHINE_PATH = re.compile("(?<![\\w.~/-])/(?:" + "|".join(("home/[a-z]", "Users/[A-Za-z]", "work/", "root/", "var/tmp/")) + ")")
LOOSE_END = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
MENTION = re.compile(r"(?<![\w/.-])docs/[\w/-]+\.md\b")
TEXT_ENDINGS = (".hpp", ".cpp", ".py", ".sh", ".md", ".cmake", ".txt", ".yaml", ".json", ".service", ".sysusers", "run")


def size_problems(path, text):
    lines = text.count("\n")
    limit = MOST_HEADER_LINES if path.endswith(".hpp") else MOST_SOURCE_LINES
    if path.endswith("_table.cpp"):
        limit = MOST_TABLE_LINES
    if lines > limit:
        yield f"{path}: {lines} lines, at most {limit}: split it by subject"


def function_problems(path, text):
    for function in cpp_source.functions(text):
        length = function.last_line - function.first_line + 1
        if length > MOST_FUNCTION_LINES:
            yield f"{path}:{function.first_line}: {function.name} has {length} lines, at most {MOST_FUNCTION_LINES}"


def word_problems(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: a path of one machine: {line.strip()[:80]}"
        if LOOSE_END.search(line):
            yield f"{path}:{number}: a loose end; finish it or write it down in docs: {line.strip()[:80]}"


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(text):
    """The anchors that a forge makes of a document's headings."""
    for heading in re.findall(r"^#+ +(.+?) *$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def link_problem(root, path, link):
    if re.match(r"\w+:", link):
        return None
    place, _, anchor = link.partition("#")
    target = os.path.normpath(os.path.join(root, os.path.dirname(path), place)) if place else os.path.join(root, path)
    if not os.path.exists(target):
        return f"{path}: link to {link} leads nowhere"
    if anchor and target.endswith(".md") and anchor not in anchors(tree.read(target)):
        return f"{path}: link to {link}: no such heading"
    return None


def document_problems(root, path, text):
    if path.endswith(".md"):
        yield from filter(None, (link_problem(root, path, link) for link in LINK.findall(without_code(text))))
    for mention in sorted(set(MENTION.findall(text))):
        if not os.path.exists(os.path.join(root, mention)):
            yield f"{path}: names {mention}, which is not there"


def violations(root):
    found = []
    for path, absolute in tree.files(root, endings=TEXT_ENDINGS):
        text = tree.read(absolute)
        if path.startswith(CODE_FOLDERS) and path.endswith((".hpp", ".cpp")):
            found += size_problems(path, text)
        if path.startswith(("include", "src")) and path.endswith((".hpp", ".cpp")):
            found += function_problems(path, text)
        if not path.startswith(("tests/data/", "tests/golden/")):
            found += word_problems(path, text)
        if not path.startswith(("tests/data/", "tests/golden/", "tests/architecture/")):
            found += document_problems(root, path, text)
    return found


LONG_BODY = "int f() {\n" + "    g();\n" * 70 + "}\n"
BAD = {
    "src/net/a.hpp": "//\n" * 151,
    "src/net/a.cpp": "//\n" * 351,
    "src/net/a_table.cpp": "//\n" * 901,
    "src/net/long.cpp": "namespace a {\nclass B {\n" + LONG_BODY + "};\n}\n",
    "tests/net/a_test.cpp": "//\n" * 351,
    "scripts/a.sh": "cd /" + "home/someone/tree\n",
    "src/net/b.cpp": "// TO" + "DO: all of it\n",
    "docs/a.md": "See [this](nowhere.md).\n",
    "docs/b.md": "# One\nSee [below](#two).\n",
    "src/net/c.cpp": "// see docs/nowhere.md\n",
}
GOOD = {
    "src/net/a.hpp": "//\n" * 150,
    "src/net/a_table.cpp": "//\n" * 900,
    "src/net/many.cpp": "namespace a {\n" + "int f() {\n    return g([] {\n        h();\n    });\n}\n" * 20 + "}\n",
    "src/net/path.cpp": 'open("/run/systemd/journal/socket", "/etc/lanbridge/lanbridge.yaml", "http://a/root/x");\n',
    "docs/a.md": "# One (of two)\nSee [one](#one-of-two), [it](../docs/a.md#one-of-two), `[x](y)`, [out](https://example.org).\n",
    "build/x/CMakeCache.txt": "/" + "home/someone\n",
    "tests/data/a.json": '"/' + 'home/someone"\n',
}


def outcome(path, text):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, os.path.dirname(path)))
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
        return violations(root)


def self_test():
    wrong = [f"good {path} is refused: {outcome(path, text)}" for path, text in GOOD.items() if outcome(path, text)]
    return wrong + [f"bad {path} passes" for path, text in BAD.items() if len(outcome(path, text)) != 1]


def main(argument):
    if argument == "--self-test":
        return tree.report(self_test(), f"{len(GOOD)} good and {len(BAD)} bad samples are told apart")
    return tree.report(violations(argument), "the tree keeps the house rules")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
