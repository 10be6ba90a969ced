"""Run the sample partner site: `python -m e2e.site --port 8100 [--record FILE]`."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from e2e.site.server import Site


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m e2e.site")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--record", type=Path, help="gets each accepted form as a JSON line")
    options = parser.parse_args()
    site = Site(port=options.port, record=options.record)
    print(site.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        site.serve()


if __name__ == "__main__":
    main()
