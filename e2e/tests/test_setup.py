from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    # What runpy returns is a copy of the module's names; its functions keep the real ones.
    names = runpy.run_path(str(ROOT / "deploy/setup/setup.py"))
    real: dict[str, Any] = names["is_done"].__globals__
    monkeypatch.setitem(real, "ROOT", tmp_path)
    monkeypatch.setitem(real, "STAMPS", tmp_path)
    return real


def test_package_list_has_a_name_a_line_and_comments(setup_program: dict[str, Any]) -> None:
    listed = setup_program["debian_packages"]("# all\nxvfb  # a screen\n\nage\n")
    assert listed == ["xvfb", "age"]


def test_step_is_done_until_an_input_or_what_it_made_changes(
    setup_program: dict[str, Any], tmp_path: Path
) -> None:
    source, made = tmp_path / "input", tmp_path / "made"
    source.write_text("1")
    made.write_text("")
    step = setup_program["Step"]("build", lambda: None, (source,), (made,))
    assert not setup_program["is_done"](step)
    (tmp_path / "build").write_text(setup_program["fingerprint"]((source,)))
    assert setup_program["is_done"](step)
    made.unlink()
    assert not setup_program["is_done"](step)
    made.write_text("")
    source.write_text("2")
    assert not setup_program["is_done"](step)


def test_stamps_do_not_hold_in_a_tree_that_was_moved(
    setup_program: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = setup_program["fingerprint"](())
    monkeypatch.setitem(setup_program, "ROOT", tmp_path / "elsewhere")
    assert setup_program["fingerprint"](()) != before


def test_missing_packages_are_named_with_the_line_that_installs_them(
    setup_program: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "packages.txt"
    listed.write_text("no-such-package-a\nno-such-package-b\n")
    monkeypatch.setitem(setup_program, "DEBIAN_LIST", listed)
    monkeypatch.setitem(setup_program, "_may_sudo", lambda: False)
    monkeypatch.setattr(setup_program["os"], "geteuid", lambda: 1000)
    with pytest.raises(setup_program["SetupFailed"]) as refused:
        setup_program["require_system"]()
    line = "apt-get install --no-install-recommends no-such-package-a no-such-package-b"
    assert line in str(refused.value)


def test_other_systems_are_refused_before_anything_is_installed(
    setup_program: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup_program["SetupFailed"], match="this is not Debian"):
        setup_program["require_system"]()


def test_unknown_suite_is_refused_in_plain_words() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "deploy/setup/run_tests.py"), "serveur"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "No such suite: serveur\n"
