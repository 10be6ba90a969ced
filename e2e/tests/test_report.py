from __future__ import annotations

import json

import pytest

from bench.report import Measure, json_lines, percentile, table

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


def test_table_shows_the_goal_beside_the_figure() -> None:
    text = table([FIGURE], {"first_live_frame_s_p50": "≤ 0.25"})
    assert "0.183" in text
    assert "≤ 0.25" in text
