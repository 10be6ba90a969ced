"""Nothing that a person can set, run or receive goes without a line in `docs/reference/`."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from cordee_kiosk.__main__ import _COMMANDS
from cordee_kiosk.config import Config

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs/reference"
SOURCES = [
    path
    for program in ("server/src", "kiosk/src")
    for path in (ROOT / program).rglob("*.py")
    if "migrations" not in path.parts
]
SETTING = re.compile(r"""["'`](CORDEE_[A-Z_]+[A-Z]|DATABASE_URL|REDIS_URL)["'`]""")
DJANGOS_OWN = {"check", "migrate"}
UVICORNS_OWN = {"FORWARDED_ALLOW_IPS"}
COMMANDS = ROOT / "server/src/cordee/jobs/management/commands"


def settings_in_code() -> set[str]:
    found = {name for path in SOURCES for name in SETTING.findall(path.read_text())}
    return found | {f"CORDEE_KIOSK_{name.upper()}" for name in Config.__annotations__}


def documented(page: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (REFERENCE / page).read_text()))


def test_every_setting_is_documented() -> None:
    assert settings_in_code() <= documented("settings.md", r"(?m)^\| `([A-Z_]+)` \|")


def test_every_documented_setting_exists() -> None:
    in_docs = documented("settings.md", r"(?m)^\| `([A-Z_]+)` \|")
    assert in_docs - UVICORNS_OWN <= settings_in_code()


def test_every_command_is_documented_and_exists() -> None:
    in_code = {path.stem for path in COMMANDS.glob("*.py")} - {"__init__"}
    in_docs = documented("commands.md", r"\| `cordee (\w+)") - DJANGOS_OWN
    assert in_code == in_docs


def test_every_kiosk_command_is_documented_and_exists() -> None:
    assert documented("commands.md", r"\| `cordee-kiosk (\w+)") == set(_COMMANDS)


def test_messages_page_is_what_the_wire_says() -> None:
    writer = runpy.run_path(str(ROOT / "deploy/setup/write_messages.py"))
    assert (REFERENCE / "messages.md").read_text() == writer["page"](), "run: make format"


def test_figures_are_those_that_were_kept() -> None:
    writer = runpy.run_path(str(ROOT / "deploy/setup/write_figures.py"))
    text = (REFERENCE / "figures.md").read_text()
    assert text == writer["page"](text), "run: make format"


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
