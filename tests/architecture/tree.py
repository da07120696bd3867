"""Walks the source tree without git, and reports as CTest likes it."""

import os

SKIPPED = {".git", ".ccache", ".cache", "__pycache__"}


def files(root, below=("",), endings=()):
    """(path relative to root, absolute path) of the project's own files, sorted; build folders are left out."""
    for top in below:
        for folder, children, names in os.walk(os.path.join(root, top)):
            at_root = os.path.samefile(folder, root)
            children[:] = sorted(
                name for name in children
                if name not in SKIPPED and not (at_root and name.startswith("build")))
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith(tuple(endings)) and not os.path.islink(path):
                    yield os.path.relpath(path, root), path


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def sources(root, below, exempt=None):
    """(relative path, text) of every C++ file below the given folders."""
    for relative, path in files(root, below, (".hpp", ".cpp")):
        if not (exempt and relative.startswith(exempt)):
            yield relative, read(path)


def report(problems, all_well):
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)" if problems else all_well)
    return 1 if problems else 0
