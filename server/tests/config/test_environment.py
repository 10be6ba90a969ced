from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from cordee.config import environment


def test_sqlite_takes_the_write_lock_first_and_waits() -> None:
    found = environment.database("sqlite:////var/lib/cordee/cordee.sqlite3")

    assert found["NAME"] == Path("/var/lib/cordee/cordee.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["OPTIONS"]["timeout"] == 20


@pytest.mark.django_db
def test_a_commit_is_on_the_disk_when_it_returns() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2  # FULL
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone()[0] == "on"


def test_a_path_without_its_root_is_relative() -> None:
    assert environment.database("sqlite:///var/c.sqlite3")["NAME"] == Path("var/c.sqlite3")


def test_postgresql_by_network_and_by_socket() -> None:
    network = environment.database("postgres://u:p%40ss@db.example:5433/cordee?sslmode=require")
    socket = environment.database("postgresql://u@/cordee?host=/run/pg")

    assert (network["USER"], network["PASSWORD"]) == ("u", "p@ss")
    assert (network["HOST"], network["PORT"], network["NAME"]) == ("db.example", "5433", "cordee")
    assert network["OPTIONS"] == {"sslmode": "require"}
    assert (socket["HOST"], socket["PORT"], socket["OPTIONS"]) == ("/run/pg", "", {})


def test_another_database_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match="n’est pas connu"):
        environment.database("mysql://localhost/x")


def test_lists_and_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORDEE_TURN_URLS", " turn:a , ,turn:b ")
    monkeypatch.setenv("CORDEE_DEBUG", "Yes")

    assert environment.words("CORDEE_TURN_URLS") == ["turn:a", "turn:b"]
    assert environment.flag("CORDEE_DEBUG")
    assert not environment.flag("CORDEE_UNSET")


def test_the_server_does_not_start_without_a_secret_key(tmp_path: Path) -> None:
    unset = ("CORDEE_SECRET_KEY", "CORDEE_DEBUG", "DATABASE_URL")
    env = {key: value for key, value in os.environ.items() if key not in unset}

    done = subprocess.run(
        [sys.executable, "-m", "cordee", "check"],
        env={**env, "CORDEE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "CORDEE_SECRET_KEY manque" in done.stderr


@pytest.mark.parametrize(
    ("public_url", "origins"),
    [
        ("https://cordee.example", ["wss://cordee.example"]),
        ("http://localhost:8000", ["ws://localhost:8000"]),
        ("", []),
    ],
)
def test_pages_may_open_sockets_to_their_own_server_only(
    public_url: str, origins: list[str]
) -> None:
    assert environment.socket_origin(public_url) == origins


@pytest.mark.django_db
def test_no_page_may_connect_anywhere_else(client: Client) -> None:
    policy = client.get("/connexion/").headers["Content-Security-Policy"]

    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert directives["connect-src"] == "'self'"
