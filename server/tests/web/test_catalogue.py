from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cordee.appointments
import cordee.web

APPS = (cordee.web, cordee.appointments)
CATALOGUES = [Path(app.__file__ or "").parent / "locale/en/LC_MESSAGES/django.po" for app in APPS]


@pytest.fixture(params=CATALOGUES, ids=["web", "appointments"])
def catalogue(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def entries(catalogue: Path) -> list[str]:
    blocks = catalogue.read_text(encoding="utf-8").split("\n\n")
    return [block for block in blocks[1:] if block.strip()]


def test_every_sentence_is_in_english(catalogue: Path) -> None:
    untranslated = [
        block
        for block in entries(catalogue)
        if re.search(r'^msgstr(\[\d\])? ""$', block, re.MULTILINE)
    ]
    assert untranslated == []


def test_no_translation_is_a_guess_or_left_over(catalogue: Path) -> None:
    text = catalogue.read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert "#~" not in text


def test_translations_keep_their_placeholders(catalogue: Path) -> None:
    for block in entries(catalogue):
        asked = set(re.findall(r"%\(\w+\)s", block.split("msgstr")[0]))
        for line in re.findall(r"^msgstr.*$", block, re.MULTILINE):
            assert set(re.findall(r"%\(\w+\)s", line)) == asked, block


def test_no_sentence_of_the_pages_is_missing_from_the_catalogue(
    tmp_path: Path, catalogue: Path
) -> None:
    app = tmp_path / "app"
    shutil.copytree(catalogue.parents[3], app, ignore=shutil.ignore_patterns("built", "*.mo"))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            "en",
            "--no-location",
            "--no-wrap",
            "-v",
            "0",
        ],
        cwd=app,
        check=True,
        capture_output=True,
    )
    made = (app / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    known = catalogue.read_text(encoding="utf-8")
    wanted = set(re.findall(r'^msgid "(.+)"$', made, re.MULTILINE))
    assert wanted <= set(re.findall(r'^msgid "(.+)"$', known, re.MULTILINE))
    assert "#~ msgid" not in made
