"""`python -m bench [NAME [options]] [--json] [--keep]`: measure, and print the figures.

With a name one bench runs, which takes its options; without, every bench runs as it stands. The
figures go to standard output, as a table or one JSON object a line, and with `--keep` also to
`bench/last/NAME.jsonl`; what happens meanwhile goes to standard error. A bench is a module
`bench/NAME.py` with `GOALS`, `add_options(parser)` and `measure(options)`, which returns a list of
Measure.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.report import json_lines, keep, missed, table

NOT_BENCHES = {
    "__init__",
    "__main__",
    "browsing",
    "clients",
    "databases",
    "inner",
    "mirror_desk",
    "novnc",
    "report",
    "shared_page",
    "starts",
    "steps",
    "task",
    "town",
    "viewer",
    "village_page",
    "waiters",
}


def names() -> list[str]:
    """Return the benches that there are."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return sorted(name for name in found - NOT_BENCHES if not name.startswith("test_"))


def main(words: Sequence[str]) -> int:
    """Run the bench that `words` begin with, or each.

    Returns an exit code: 1 when a figure misses its goal, 2 when there is no such bench.
    """
    is_named = bool(words) and not words[0].startswith("-")
    if is_named and words[0] not in names():
        print(
            f"There is no bench “{words[0]}”. There are: {', '.join(names())}.\n"
            "usage: python -m bench [NAME [options]] [--json]",
            file=sys.stderr,
        )
        return 2
    is_missed = False
    for name in words[:1] if is_named else names():
        is_missed |= _is_missed(name, words[1:] if is_named else words)
    return int(is_missed)


def _is_missed(name: str, words: Sequence[str]) -> bool:
    """Run one bench and print its figures; return whether one of them misses its goal."""
    bench = importlib.import_module(f"bench.{name}")
    parser = argparse.ArgumentParser(prog=f"python -m bench {name}")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--keep", action="store_true", help="write the figures to bench/last/ too")
    bench.add_options(parser)
    options = parser.parse_args(words)
    print(f"{name}: measuring", file=sys.stderr, flush=True)
    try:
        measures = bench.measure(options)
    except ValueError as error:
        parser.error(str(error))
    if options.keep:
        keep(name, words, measures)
    print(
        json_lines(measures) if options.json else table(measures, bench.GOALS), end="", flush=True
    )
    lines = missed(measures, bench.GOALS)
    for line in lines:
        print(line, file=sys.stderr)
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
