"""`python -m bench NAME [options] [--json]`: run one bench and print its figures.

A bench is a module `bench/NAME.py` with `GOALS`, `add_options(parser)` and `measure(options)`,
which returns a list of Measure.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from bench.report import json_lines, table

NOT_BENCHES = {"__init__", "__main__", "clients", "report", "starts", "town"}


def names() -> list[str]:
    """Return the benches that there are."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")}
    return sorted(name for name in found - NOT_BENCHES if not name.startswith("test_"))


def main() -> int:
    """Run the bench named on the command line."""
    if len(sys.argv) < 2 or sys.argv[1] not in names():  # noqa: PLR2004 - a name is the second word
        print(f"usage: python -m bench NAME [options] [--json]; NAME: {', '.join(names())}")
        return 2
    bench = importlib.import_module(f"bench.{sys.argv[1]}")
    parser = argparse.ArgumentParser(prog=f"python -m bench {sys.argv[1]}")
    parser.add_argument("--json", action="store_true", help="one object a line")
    bench.add_options(parser)
    options = parser.parse_args(sys.argv[2:])
    measures = bench.measure(options)
    print(json_lines(measures) if options.json else table(measures, bench.GOALS), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
