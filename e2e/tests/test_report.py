from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.report import Measure, json_lines, percentile, table

ROOT = Path(__file__).resolve().parents[2]
FIGURE = Measure("autostart", "lan", "first_live_frame_s_p50", 0.1834, "s", 40)


def test_percentile_is_an_observation() -> None:
    values = [float(number) for number in range(1, 21)]
    assert percentile(values, 0.5) == 10
    assert percentile(values, 0.95) == 19
    assert percentile([3.0], 0.95) == 3
    with pytest.raises(ValueError, match="no observation"):
        percentile([], 0.5)


def test_json_has_one_object_a_line() -> None:
    lines = json_lines([FIGURE, FIGURE]).splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0]) == {
        "bench": "autostart",
        "profile": "lan",
        "metric": "first_live_frame_s_p50",
        "value": 0.1834,
        "unit": "s",
        "n": 40,
    }


def test_a_bench_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "departs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no bench “departs”. There are: autostart, booking." in done.stderr


def test_all_benches_run_when_none_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benches = importlib.import_module("bench.__main__")
    for name in benches.names():
        module = importlib.import_module(f"bench.{name}")
        figure = replace(FIGURE, bench=name)
        monkeypatch.setattr(module, "measure", lambda _, figure=figure: [figure])
    assert benches.main(["--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["bench"] for line in lines] == ["autostart", "booking"]


def test_table_shows_the_goal_beside_the_figure() -> None:
    text = table([FIGURE], {"first_live_frame_s_p50": "≤ 0.25"})
    assert text.splitlines()[1].startswith("autostart  lan")
    assert "0.183" in text
    assert "≤ 0.25" in text
