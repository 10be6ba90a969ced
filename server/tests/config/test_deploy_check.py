"""`cordee check --deploy`, as who installs the server runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {
    "CORDEE_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "CORDEE_PUBLIC_URL": "https://cordee.example.fr",
    "CORDEE_HOSTS": "cordee.example.fr",
    "CORDEE_TURN_URLS": (
        "turn:relais.example.fr:3478,turn:relais.example.fr:3478?transport=tcp,"
        "turns:relais.example.fr:443?transport=tcp"
    ),
    "CORDEE_TURN_SECRET": "un-secret-partage",
    "CORDEE_MAIL_URL": "smtp://courrier.example.fr",
    "CORDEE_SMS_URL": "https://sms.example.fr/envoi",
    "CORDEE_SMS_SECRET": "un-autre-secret",
}


def _check(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("CORDEE_")}
    env.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "cordee", "check", "--deploy", "--fail-level", "WARNING"],
        env={**env, **GOOD, "CORDEE_DATA": str(tmp_path), **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_settings_pass_without_a_warning(tmp_path: Path) -> None:
    done = _check(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"CORDEE_DEBUG": "1"}, ["E001"]),
        ({"CORDEE_SECRET_KEY": "court", "CORDEE_HOSTS": "*"}, ["E002", "E004"]),
        (
            {
                "CORDEE_PUBLIC_URL": "http://cordee.example.fr",
                "CORDEE_HOSTS": "autre.example.fr",
                "CORDEE_TURN_SECRET": "",
                "CORDEE_SMS_SECRET": "",
                "CORDEE_MAIL_URL": "anymail+brevo://xkeysib-0123456789@",
            },
            ["E003", "E004", "E005", "E006", "E008"],
        ),
        ({"CORDEE_MAIL_URL": "anymail+brevo://KEY@", "CORDEE_MAIL_FROM": "a@b.fr"}, ["E007"]),
    ],
)
def test_each_unsafe_setting_is_refused(
    tmp_path: Path, changes: dict[str, str], numbers: list[str]
) -> None:
    done = _check(tmp_path, **changes)

    assert done.returncode != 0
    assert sorted(set(re.findall(r"cordee\.(E\d+)", done.stderr))) == numbers


def test_a_provider_of_mail_passes_and_an_unknown_one_is_refused_by_name(tmp_path: Path) -> None:
    sender = {"CORDEE_MAIL_FROM": "Cordée <cordee@exemple.fr>"}
    key = "xkeysib-0123456789"

    done = _check(tmp_path, CORDEE_MAIL_URL=f"anymail+brevo://{key}@", **sender)
    assert (done.returncode, done.stderr) == (0, "")

    done = _check(tmp_path, CORDEE_MAIL_URL=f"anymail+pigeon://{key}@", **sender)
    assert done.returncode != 0
    assert "le service « pigeon » n’est pas connu" in done.stderr
    assert key not in done.stderr


@pytest.mark.parametrize(
    ("setting", "number"), [("CORDEE_MAIL_URL", "W001"), ("CORDEE_SMS_URL", "W002")]
)
def test_missing_way_to_tell_people_is_said(tmp_path: Path, setting: str, number: str) -> None:
    done = _check(tmp_path, **{setting: ""})

    assert f"cordee.{number}" in done.stderr
    assert "l’accueil doit téléphoner" in done.stderr


@pytest.mark.parametrize(
    ("urls", "missing"),
    [
        ("turn:r:3478?transport=udp", ["transport=tcp", "turns:…:443"]),
        ("turn:r:3478,turn:r:3478?transport=tcp,turns:r:5349?transport=tcp", ["turns:…:443"]),
        ("turn:r:3478?transport=tcp,turns:r:443?transport=tcp", ["transport=udp"]),
    ],
)
def test_way_to_the_relay_that_is_missing_is_said(
    tmp_path: Path, urls: str, missing: list[str]
) -> None:
    done = _check(tmp_path, CORDEE_TURN_URLS=urls)

    assert "cordee.W003" in done.stderr
    assert all(way in done.stderr for way in missing)
