"""Codes and servers that make no kiosk: a plain sentence each, and nothing half-written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.site.server import Site
from e2e.stand.processes import BIN, ROOT, free_port
from e2e.stand.server import Server

NEW_CODE = "Demandez-en un nouveau dans « Parc »."
KIOSK = "Guillestre 1"


@dataclass(frozen=True)
class Said:
    """What `cordee-kiosk enrol` ended with and said."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    made.seed(partner_site="http://127.0.0.1:9/")
    with made:
        yield made


def enrol(server_url: str, code: str, state: Path) -> Said:
    done = subprocess.run(
        [BIN / "cordee-kiosk", "enrol", "--server", server_url, "--code", code, "--state", state],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def new_code(server: Server) -> str:
    return server.command("enrolment_code", "--kiosk", KIOSK).split()[-1]


def age_the_codes(server: Server) -> None:
    """Let every code have been given out sixteen minutes earlier than it was."""
    with closing(sqlite3.connect(server.data / "cordee.sqlite3", timeout=5)) as connection:
        connection.execute(
            "update fleet_enrolmentcode set created_at = datetime(created_at, '-16 minutes'),"
            " expires_at = datetime(expires_at, '-16 minutes')"
        )
        connection.commit()


def contents(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in state.rglob("*") if path.is_file()}


def assert_refused(said: Said, *sentence: str) -> None:
    assert said.code != 0
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err == " ".join(sentence) + "\n"


def test_wrong_code_is_said_and_a_good_one_works_afterwards(server: Server, tmp_path: Path) -> None:
    state = tmp_path / "state"
    sentence = "Ce code n’existe pas. Relisez-le : douze lettres et chiffres."
    for code in ("ABCD-EFGH-JKLM", "é" * 5_000):
        assert_refused(enrol(server.url, code, state), sentence)
        assert not state.exists()

    done = enrol(server.url, new_code(server), state)
    assert done.code == 0, done.err
    assert "Cette borne est enrôlée" in done.out
    assert set(contents(state)) == {"identity.key", "kiosk.toml", "roots.json"}


def test_used_code_is_said_and_leaves_both_boxes_as_they_were(
    server: Server, tmp_path: Path
) -> None:
    code, first, second = new_code(server), tmp_path / "first", tmp_path / "second"
    assert enrol(server.url, code, first).code == 0
    before, key = contents(first), server.rows("select public_key from fleet_kiosk order by id")

    used = "Ce code a déjà servi."
    assert_refused(enrol(server.url, code, second), used, NEW_CODE)
    assert_refused(enrol(server.url, code, first), used, NEW_CODE)
    assert not second.exists()
    assert contents(first) == before
    assert server.rows("select public_key from fleet_kiosk order by id") == key

    assert enrol(server.url, new_code(server), second).code == 0


def test_expired_code_is_said_and_a_new_one_works(server: Server, tmp_path: Path) -> None:
    state = tmp_path / "state"
    expired = "Ce code a expiré : il valait 15 minutes, ou un plus récent l’a remplacé."
    code = new_code(server)
    age_the_codes(server)
    assert_refused(enrol(server.url, code, state), expired, NEW_CODE)

    replaced, newest = new_code(server), new_code(server)
    assert_refused(enrol(server.url, replaced, state), expired, NEW_CODE)
    assert not state.exists()
    assert enrol(server.url, newest, state).code == 0


def test_server_that_is_down_is_said_and_the_code_is_still_good(
    server: Server, tmp_path: Path
) -> None:
    state, code = tmp_path / "state", new_code(server)
    server.stop()
    try:
        said = enrol(server.url, code, state)
    finally:
        server.start()
    asked = f"Le serveur {server.url} ne répond pas. Vérifiez l’adresse et la ligne."
    assert_refused(said, asked)
    assert not state.exists()
    assert enrol(server.url, code, state).code == 0


def test_address_that_is_no_server_of_cordee_is_said(server: Server, tmp_path: Path) -> None:
    state, code = tmp_path / "state", new_code(server)
    with Site() as site:
        other = site.base.rstrip("/")
        said = enrol(other, code, state)
    assert_refused(said, f"{other} n’est pas un serveur Cordée. Vérifiez l’adresse.")

    wrong_path = f"{server.url}/guichet"
    said = enrol(wrong_path, code, state)
    assert_refused(said, f"{wrong_path} n’est pas un serveur Cordée. Vérifiez l’adresse.")

    nobody = f"http://127.0.0.1:{free_port()}"
    said = enrol(nobody, code, state)
    assert_refused(said, f"Le serveur {nobody} ne répond pas. Vérifiez l’adresse et la ligne.")

    said = enrol("cordee.exemple.fr", code, state)
    whole = "Écrivez-la entière, par exemple https://cordee.exemple.fr."
    assert_refused(said, "« cordee.exemple.fr » n’est pas une adresse.", whole)

    assert not state.exists()
    assert enrol(server.url, code, state).code == 0
