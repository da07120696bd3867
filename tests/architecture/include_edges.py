"""Holds every #include of include/ and src/ against the table of layers in docs/architecture.md. Usage:
  include_edges.py SOURCE_DIR    exit status 1 with one line per violation
  include_edges.py --self-test
"""

import os
import re
import sys

import tree

# Layer -> layers it may use, itself included silently. The longest prefix of a path names its layer.
LAYERS = {
    "base": (),
    "model": ("base",),
    "net": ("base",),
    "mqtt": ("base", "net"),
    "meross": ("base", "model", "net", "mqtt", "meross/protocol", "meross/features", "meross/hub", "meross/device/facts",
               "meross/device_options"),
    "meross/device_options": (),
    "meross/protocol": ("base",),
    "meross/features": ("base", "model", "meross/protocol", "meross/device/facts", "meross/device_options"),
    "meross/hub": ("base", "model", "meross/protocol", "meross/features", "meross/device/facts",
                   "meross/device_options"),
    "meross/device/facts": ("base", "meross/protocol", "meross/device_options"),
    "xiaomi": ("base", "model", "net", "mqtt", "xiaomi/miio", "xiaomi/converters"),
    "xiaomi/miio": ("base", "net"),
    "xiaomi/converters": ("base", "model"),
    "agent": ("base", "net", "mqtt"),
    "registry": ("base", "model"),
    "homeassistant": ("base", "model", "registry"),
    "admin": ("base", "model", "registry"),
    "sim": ("base", "net", "mqtt", "meross/protocol", "xiaomi/miio"),
}
LAYERS["app"] = tuple(LAYERS)
TOP_LAYERS = {layer.split("/")[0] for layer in LAYERS}

# Libraries that only some folders may see: header pattern, folder, sentence.
CONFINED = (
    (re.compile(r"<(mqtt/|MQTT)"), "src/mqtt/", "Paho headers belong in src/mqtt only"),
    (re.compile(r"<spdlog/"), "src/base/", "spdlog stands behind the log facade of base"),
    (re.compile(r"<CLI/"), "src/app/", "the command line belongs in src/app only"),
)
BEAST = re.compile(r"<boost/beast")
MOST_BEAST_FILES = 3  # one Beast session costs 20 s and 1.2 GB to compile

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"]+[>"])', re.MULTILINE)


def layer_of(path):
    """The layer of a path below include/lanbridge/ or src/, or None."""
    parts = re.sub(r"\.\w+$", "", path).split("/")
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in LAYERS:
            return "/".join(parts[:length])
    return None


def inner_path(path):
    """`include/lanbridge/net/x.hpp` and `src/net/x.hpp` -> `net/x.hpp`."""
    for prefix in ("include/lanbridge/", "src/"):
        if path.startswith(prefix):
            return path[len(prefix):]
    return path


def resolve(path, header, known):
    """The project's file that `header`, included in `path`, is; None for headers from elsewhere."""
    beside = os.path.normpath(os.path.join(os.path.dirname(path), header))
    for candidate in ("include/" + header, "src/" + header, beside):
        if candidate in known:
            return candidate
    first = inner_path("include/" + header).split("/")[0]
    return "include/" + header if header.startswith("lanbridge/") and first in TOP_LAYERS else None


def edge_problem(path, target):
    source, used = layer_of(inner_path(path)), layer_of(inner_path(target))
    if source is None:
        return "this folder has no row in the table of layers"
    if used is None:
        return f"{target} is in no layer"
    if used != source and used not in LAYERS[source]:
        return f"{source} must not use {used} ({target})"
    same_top = source.split("/")[0] == used.split("/")[0]
    if not same_top and target.startswith("src/"):
        return f"{target} is private to {used}; what others use belongs in include/lanbridge/{used}"
    if path.startswith("include/") and target.startswith("src/"):
        return f"a public header must not need the private {target}"
    return None


def file_problems(path, text, known):
    for match in INCLUDE.finditer(text):
        line, spelled = text.count("\n", 0, match.start()) + 1, match.group(1)
        for pattern, folder, sentence in CONFINED:
            if pattern.match(spelled) and not path.startswith(folder):
                yield f"{path}:{line}: {sentence}"
        target = resolve(path, spelled[1:-1], known)
        problem = target and edge_problem(path, target)
        if problem:
            yield f"{path}:{line}: {problem}"


def beast_problems(files):
    users = sorted(path for path, text in files.items() if any(map(BEAST.match, INCLUDE.findall(text))))
    problems = [f"{path}: Beast belongs in .cpp files only" for path in users if not path.endswith(".cpp")]
    if len(users) > MOST_BEAST_FILES:
        problems.append(f"Beast is in {len(users)} files, at most {MOST_BEAST_FILES} may have it: {', '.join(users)}")
    return problems


def violations(files):
    """`files`: path -> text."""
    found = beast_problems(files)
    for path, text in sorted(files.items()):
        found += file_problems(path, text, files)
    return found


HEADERS = ("base/error", "net/http_client", "mqtt/client", "model/device", "registry/registry", "meross/integration",
           "meross/protocol/message", "meross/device/session")
PRIVATE = ("net/internal", "meross/features/feature", "meross/device/facts", "meross/transport/http")
GOOD = {
    "include/lanbridge/mqtt/client.hpp": "base/error net/http_client",
    "src/net/a.cpp": "src:net/internal",
    "src/meross/transport/a.cpp": "meross/protocol/message mqtt/client src:meross/features/feature src:meross/device/facts",
    "src/meross/features/a.cpp": "meross/protocol/message model/device src:meross/device/facts",
    "src/app/a.cpp": "meross/integration registry/registry mqtt/client",
    "src/sim/a.cpp": "meross/protocol/message mqtt/client",
}
BAD = {
    "include/lanbridge/base/a.hpp": "model/device",
    "src/mqtt/a.cpp": "model/device",
    "src/meross/protocol/a.cpp": "net/http_client",
    "src/meross/features/a.cpp": "mqtt/client",
    "src/meross/features/b.cpp": "src:meross/transport/http",
    "src/meross/device/facts.cpp": "model/device",
    "src/meross/device/a.cpp": "registry/registry",
    "src/registry/a.cpp": "mqtt/client",
    "src/homeassistant/a.cpp": "mqtt/client",
    "src/sim/a.cpp": "meross/device/session",
    "src/net/a.cpp": "mqtt/client",
    "src/app/a.cpp": "src:net/internal",
    "src/attic/a.cpp": "base/error",
    "include/lanbridge/net/a.hpp": "src:net/internal",
}


def sample_tree():
    files = {f"include/lanbridge/{name}.hpp": "#pragma once\n" for name in HEADERS}
    files.update({f"src/{name}.hpp": "#pragma once\n" for name in PRIVATE})
    return files


def directives(names):
    spelled = (name[4:] if name.startswith("src:") else "lanbridge/" + name for name in names.split())
    return "".join(f'#include "{name}.hpp"\n' for name in spelled)


def outcome(path, text):
    return violations({**sample_tree(), path: text})


def self_test():
    wrong = [f"{path}: refused for no reason: {outcome(path, directives(names))}"
             for path, names in GOOD.items() if outcome(path, directives(names))]
    wrong += [f"{path}: passes with {names}" for path, names in BAD.items() if len(outcome(path, directives(names))) != 1]
    for path, header in (("src/app/a.cpp", "mqtt/async_client.h"), ("src/net/a.cpp", "spdlog/spdlog.h"),
                         ("src/net/a.hpp", "boost/beast/http.hpp"), ("src/sim/a.cpp", "MQTTAsync.h")):
        if not outcome(path, f"#include <{header}>\n"):
            wrong.append(f"{path}: passes with {header}")
    if outcome("src/mqtt/a.cpp", "#include <mqtt/async_client.h>\n// #include <spdlog/spdlog.h>\n"):
        wrong.append("Paho is refused in src/mqtt")
    crowd = {f"src/net/{name}.cpp": "#include <boost/beast/http.hpp>\n" for name in "abcd"}
    if not violations(crowd):
        wrong.append("four files with Beast pass")
    return wrong


def main(argument):
    if argument == "--self-test":
        return tree.report(self_test(), f"{len(GOOD)} good and {len(BAD)} bad samples are told apart")
    files = dict(tree.sources(argument, ("include", "src")))
    count = sum(len(INCLUDE.findall(text)) for text in files.values())
    return tree.report(violations(files), f"{count} includes in {len(files)} files follow the table of layers")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
