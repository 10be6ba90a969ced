from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

import cordee
import cordee.appointments
import cordee.web
from cordee.kernel.refusal import Refusal

APPS = (cordee.web, cordee.appointments)
CATALOGUES = [Path(app.__file__ or "").parent / "locale/en/LC_MESSAGES/django.po" for app in APPS]

NOT_ON_PAGES = {
    "cordee.accounts.services.PasswordWeak": "the command `create_user`",
    "cordee.api.kiosks.OffsetMissing": "kiosks",
    "cordee.directory.keys.CertificateWrong": "the command `root import`",
    "cordee.directory.keys.RootDiffers": "the command `root register`",
    "cordee.directory.mandates.ManagesAnother": "the command `appoint_manager`",
    "cordee.directory.mandates.NotAManager": "the command `appoint_manager`",
    "cordee.fleet.services.CodeExpired": "the kiosk's command `enrol`",
    "cordee.fleet.services.CodeUsed": "the kiosk's command `enrol`",
    "cordee.fleet.services.CodeWrong": "the kiosk's command `enrol`",
    "cordee.fleet.services.KioskKeyMalformed": "the kiosk's command `enrol`",
    "cordee.territory.services.Misplaced": "the importers",
    "cordee.territory.services.NoSuchSchoolZone": "the command `site`",
    "cordee.territory.services.NotAHost": "the command `post_host`",
    "cordee.territory.services.TurnoverTooLong": "the command `site`",
    "cordee.visits.services.FactUnknown": "kiosks",
    "cordee.visits.services.NotYours": "kiosks",
}
"""Refusals that nobody reads on a page, with who hears them: in French, as commands speak."""
FOR_KIOSKS = "cordee.documents."
"""Pages are refused to kiosks, which say so in their own words."""


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


def test_every_refusal_that_a_page_may_show_is_in_english() -> None:
    for module in pkgutil.walk_packages(cordee.__path__, "cordee."):
        if not re.search(r"\.(migrations|management|__main__|asgi|wsgi)", module.name):
            importlib.import_module(module.name)
    with translation.override("en"):
        french = {
            f"{each.__module__}.{each.__name__}"
            for each in below(Refusal)
            if each.__module__.startswith("cordee.")
            and translation.gettext(each.message) == each.message
        }
    assert {name for name in french if not name.startswith(FOR_KIOSKS)} == set(NOT_ON_PAGES)


def below(one: type[Refusal]) -> set[type[Refusal]]:
    return {each for sub in one.__subclasses__() for each in (sub, *below(sub))}
