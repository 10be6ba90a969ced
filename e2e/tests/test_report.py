from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench import report
from bench.report import Measure, json_lines, missed, percentile, table

ROOT = Path(__file__).resolve().parents[2]
BENCHES = ["autostart", "booking", "cobrowse", "peers", "waiting"]
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
    assert f"There is no bench “departs”. There are: {', '.join(BENCHES)}." in done.stderr


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
    assert [json.loads(line)["bench"] for line in lines] == BENCHES


def test_last_figures_are_kept_with_the_day_and_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "LAST", tmp_path / "last")
    report.keep("autostart", ["--kiosks", "3", "--keep", "--json"], [FIGURE])
    first, *lines = (tmp_path / "last/autostart.jsonl").read_text().splitlines()
    made = json.loads(first)
    assert made["command"] == "python -m bench autostart --kiosks 3"
    assert date.fromisoformat(made["made_on"]) <= datetime.now(UTC).date()
    assert [json.loads(line)["value"] for line in lines] == [FIGURE.value]


def test_table_shows_the_goal_beside_the_figure() -> None:
    text = table([FIGURE], {"first_live_frame_s_p50": "≤ 0.25"})
    assert text.splitlines()[1].startswith("autostart  lan")
    assert "0.183" in text
    assert "≤ 0.25" in text


def test_a_figure_that_misses_its_goal_is_said() -> None:
    goals = {"first_live_frame_s_p50": "≤ 0.25 (lan)", "lost_visits": "0", "share": "1.0"}
    late = replace(FIGURE, value=0.251)
    assert missed([FIGURE, replace(FIGURE, metric="attempts_per_s", value=3.0)], goals) == []
    assert missed([late], goals) == [
        "autostart, lan: first_live_frame_s_p50 0.251 s, not ≤ 0.25 (lan)"
    ]
    assert missed([replace(late, profile="server killed T-5, back T+2")], goals) == []
    assert len(missed([replace(FIGURE, metric="lost_visits", value=1.0)], goals)) == 1
    assert len(missed([replace(FIGURE, metric="share", value=0.96)], goals)) == 1
    with pytest.raises(ValueError, match="fast"):
        missed([FIGURE], {"first_live_frame_s_p50": "fast"})


def test_a_bench_that_misses_a_goal_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benches = importlib.import_module("bench.__main__")
    module = importlib.import_module("bench.autostart")
    lost = replace(FIGURE, metric="lost_visits", value=1.0, unit="visits")
    monkeypatch.setattr(module, "measure", lambda _: [FIGURE, lost])
    assert benches.main(["autostart"]) == 1
    assert "lost_visits 1 visits, not 0" in capsys.readouterr().err
