"""Run the sample partner site: `python -m e2e.site --port 8100 [--record FILE]`."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from e2e.site.server import Site


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m e2e.site")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--record", type=Path, help="gets each accepted form as a JSON line")
    parser.add_argument("--folder", type=Path, help="whose files are served too, by their names")
    parser.add_argument("--first", type=Path, help="a page that is shown in the place of the form")
    options = parser.parse_args()
    site = Site(port=options.port, record=options.record, folder=options.folder)
    if options.first:
        site.pages[urlsplit(site.url).path] = options.first.read_text(encoding="utf-8")
    print(site.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        site.serve()


if __name__ == "__main__":
    main()
