from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.stand.console import Console
from e2e.stand.processes import Ended, NotInTime, is_alive, wait_until


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    env = {
        "CORDEE_SECRET_KEY": "this-test-only-0123456789abcdef0123456789abcdef",
        "CORDEE_DATA": str(tmp_path / "data"),
        "CORDEE_DEMO": "1",
    }
    (tmp_path / "data").mkdir()
    made = Console(tmp_path / "console", env)
    yield made
    made.close()


def test_commands_follow_each_other_with_the_settings_of_their_server(
    console: Console, tmp_path: Path
) -> None:
    assert console.run("migrate", "--verbosity", "0") == ""
    asked = "from django.conf import settings; print(settings.DATABASES['default']['NAME'])"
    printed = console.run("shell", "-v", "0", "-c", asked)
    assert Path(printed.strip()).parent == tmp_path / "data"
    assert console.run("kiosks", "--json").strip() == "[]"


def test_nothing_of_a_command_is_left_for_the_next(console: Console) -> None:
    console.run("shell", "-v", "0", "-c", "from django.conf import settings; settings.X_LEFT = 1")
    seen = "from django.conf import settings; print(hasattr(settings, 'X_LEFT'))"
    assert console.run("shell", "-v", "0", "-c", seen).strip() == "False"


def test_what_a_failed_command_said_is_told_and_the_next_one_runs(console: Console) -> None:
    with pytest.raises(Ended, match="Unknown command: 'no_such_thing'"):
        console.run("no_such_thing")
    assert "serve" in console.run("help", "--commands")


def test_command_without_end_is_ended_and_the_next_one_runs(console: Console) -> None:
    console.run("help")
    with pytest.raises(NotInTime, match="sleep"):
        console.run("shell", "-v", "0", "-c", "import time; time.sleep(600)", within_s=0.5)
    assert console.run("shell", "-v", "0", "-c", "print('here')").strip() == "here"


def test_command_in_the_background_ends_with_the_console(console: Console, tmp_path: Path) -> None:
    log = tmp_path / "log"
    say_who = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    console.keep_running("shell", "-v", "0", "-c", say_who, log=log)
    wait_until(lambda: log.exists() and log.read_text().strip(), within_s=30, what="it runs")
    running = int(log.read_text())
    assert console.run("shell", "-v", "0", "-c", "print('here')").strip() == "here"
    assert is_alive(running)
    console.close()
    wait_until(lambda: not is_alive(running), within_s=30, what="it is gone")
