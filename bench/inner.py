"""What the inner parts of `cobrowse` and `peers` share: what they are given, and what they tell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2

from bench.report import percentile
from bench.steps import Plan
from bench.task import WITHIN_S, Found
from e2e.stand.agent import Agent
from e2e.stand.far_site import FarSite
from e2e.stand.process_tree import command_line, descendants
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.screen import Screen

Figure = dict[str, Any]
LOST = ROOT / "var/bench"


def given() -> argparse.Namespace:
    """Return what the outer bench hands on."""
    parser = argparse.ArgumentParser()
    for name in ("--folder", "--page", "--steps"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--village", "--town"):
        parser.add_argument(name, required=True)
    parser.add_argument("--clicks", type=int, required=True)
    return parser.parse_args()


def tell(figures: Callable[[argparse.Namespace], Iterable[Figure]]) -> int:
    """Measure, and print each figure as one object a line."""
    for each in figures(given()):
        print(json.dumps(each), flush=True)
    return 0


def figure(metric: str, value: float, unit: str, n: int = 1) -> Figure:
    """Return a figure of the bench."""
    return {"metric": metric, "value": value, "unit": unit, "n": n}


def times(found: Found) -> Iterator[Figure]:
    """Yield how long what was done took to be seen."""
    for name, values, shares in (
        ("click_to_picture_ms", found.clicks, {"_p50": 0.5, "_p95": 0.95}),
        ("submit_ms", found.submits, {"_p50": 0.5}),
        ("echo_ms", found.echoes, {"_p95": 0.95}),
    ):
        for suffix, share in shares.items() if values else ():
            yield figure(f"{name}{suffix}", percentile(values, share), "ms", len(values))


def carried(now: dict[str, int], before: dict[str, int]) -> Iterator[Figure]:
    """Yield what either end has sent over the line."""
    kinds = [name for name in now if not name.endswith(("lost", "full"))]
    for who, way in (("kiosk", "up"), ("agent", "down")):
        amount = sum(now[name] - before[name] for name in kinds if name.startswith(way))
        yield figure(f"{who}_sent_kB", amount / 1000, "kB")


def wrong_characters(site: FarSite, plan: Plan) -> Iterator[Figure]:
    """Yield how many characters of the answers that the site has got are not those expected."""
    if not plan.expect:
        return
    wait_until(lambda: bool(site.received), within_s=WITHIN_S, what="the answers")
    got: dict[str, str] = {}
    for sent in site.received:
        got |= sent
    wrong = 0
    for name, value in plan.expect.items():
        text = got.get(name, "").replace("\r\n", "\n")
        if text != value:
            print(f"{name}: {value!r} expected, {text!r} received", file=sys.stderr)
        wrong += abs(len(text) - len(value))
        wrong += sum(one != other for one, other in zip(text, value, strict=False))
    yield figure("wrong_characters", wrong, "characters")


def browser_of(agent: Agent) -> set[int]:
    """Return the processes of the agent's browser: its driver is this process's child."""
    browsers = {
        pid
        for pid in descendants({os.getpid()})
        if any(word in command_line(pid) for word in (b"--remote-debugging", b"--type="))
    }
    assert browsers, f"{agent.browser} runs"
    return browsers


def keep_pictures(**screens: Screen) -> None:
    """Keep what displays show when a task is lost."""
    LOST.mkdir(parents=True, exist_ok=True)
    for name, screen in screens.items():
        cv2.imwrite(str(LOST / f"{name}.png"), screen.picture()[:, :, ::-1])
    print(f"what the displays showed is in {LOST}", file=sys.stderr)
