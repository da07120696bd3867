"""Puts the results of the benchmarks into one table. Usage: table.py FOLDER [FILE]
FOLDER holds one JSON document per benchmark; FILE gets them all, with the machine they ran on.
"""

import json
import os
import platform
import sys

COLUMNS = ("what", "measured", "bare", "ratio", "judged", "budget", "")


def row(measurement):
    def number(value):
        return "–" if value is None else f"{value:.4g}"

    def judged(budget):
        if not budget:
            return "–", "–", ""
        return f"{budget['judged']:.3g} {budget['phrase']}", budget["limit"], "kept" if budget["kept"] else "MISSED"

    return (measurement["what"], f"{number(measurement['measured'])} {measurement['unit']}",
            number(measurement["baseline"]), number(measurement["ratio"]), *judged(measurement["budget"]))


def print_table(documents):
    rows = [COLUMNS] + [row(m) for document in documents for m in document["measurements"]]
    widths = [max(len(line[i]) for line in rows) for i in range(len(COLUMNS))]
    for line in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def machine():
    return {"cores": os.cpu_count(), "architecture": platform.machine(), "system": platform.platform(),
            "load": list(os.getloadavg())}


def main(folder, file=None):
    documents = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as text:
            documents.append(json.load(text))
    print_table(documents)
    if file:
        with open(file, "w", encoding="utf-8") as text:
            json.dump({"machine": machine(), "benchmarks": documents}, text, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
