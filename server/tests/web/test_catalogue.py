from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import cordee.web

CATALOGUE = Path(cordee.web.__file__).parent / "locale/en/LC_MESSAGES/django.po"


def entries() -> list[str]:
    blocks = CATALOGUE.read_text(encoding="utf-8").split("\n\n")
    return [block for block in blocks[1:] if block.strip()]


def test_every_sentence_is_in_english() -> None:
    untranslated = [
        block for block in entries() if re.search(r'^msgstr(\[\d\])? ""$', block, re.MULTILINE)
    ]
    assert untranslated == []


def test_no_translation_is_a_guess_or_left_over() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert "#~" not in text


def test_translations_keep_their_placeholders() -> None:
    for block in entries():
        asked = set(re.findall(r"%\(\w+\)s", block.split("msgstr")[0]))
        for line in re.findall(r"^msgstr.*$", block, re.MULTILINE):
            assert set(re.findall(r"%\(\w+\)s", line)) == asked, block


def test_no_sentence_of_the_pages_is_missing_from_the_catalogue(tmp_path: Path) -> None:
    web = tmp_path / "web"
    shutil.copytree(CATALOGUE.parents[3], web, ignore=shutil.ignore_patterns("built", "*.mo"))
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
        cwd=web,
        check=True,
        capture_output=True,
    )
    made = (web / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    known = CATALOGUE.read_text(encoding="utf-8")
    wanted = set(re.findall(r'^msgid "(.+)"$', made, re.MULTILINE))
    assert wanted <= set(re.findall(r'^msgid "(.+)"$', known, re.MULTILINE))
    assert "#~ msgid" not in made
