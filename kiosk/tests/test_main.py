"""The commands, as a technician types them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest
from authority import PARTNER, Authority

from cordee_kiosk import config as settings
from cordee_kiosk.__main__ import REFUSED, main
from cordee_kiosk.adapters import identity, lock
from cordee_wire.http import EnrolAsked, Enrolled
from cordee_wire.signed import Root

CODE = "ABCD-EFGH-JKLM"


class Enrolling(BaseHTTPRequestHandler):
    """Takes CODE once."""

    asked: list[EnrolAsked]
    root: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = msgspec.json.decode(body, type=EnrolAsked)
        if asked.code != CODE or self.asked:
            message = "Ce code n’est pas bon. Demandez-en un nouveau dans « Parc »."
            self._answer(409, msgspec.json.encode({"code": "code_wrong", "message": message}))
            return
        self.asked.append(asked)
        roots = [Root(partner=PARTNER, public_key=self.root)]
        enrolled = Enrolled(kiosk="e" * 32, site="Guillestre", now=0, roots=roots)
        self._answer(201, msgspec.json.encode(enrolled))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Enrolling.asked = []
    Enrolling.root = Authority().roots[PARTNER]
    with HTTPServer(("127.0.0.1", 0), Enrolling) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def enrol(server: str, state: Path, code: str = CODE) -> int:
    return run("enrol", "--server", server, "--code", code, "--state", str(state))


def test_enrolled_box_has_key_settings_and_roots(server: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert enrol(server, state) == 0
    assert Enrolling.asked[0].public_key == identity.load(state).public_key
    assert settings.read(state, {}).kiosk == "e" * 32
    assert identity.pinned_roots(state) == {PARTNER: Enrolling.root}


def test_code_that_is_wrong_or_used_says_so_and_writes_nothing(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(server, tmp_path / "a", "WRONG") == REFUSED
    assert "nouveau" in capsys.readouterr().err
    assert enrol(server, tmp_path / "a") == 0
    assert enrol(server, tmp_path / "b") == REFUSED
    assert not (tmp_path / "b").exists()


def test_box_enrolled_anew_forgets_the_kiosk_that_it_was(server: str, tmp_path: Path) -> None:
    (tmp_path / "visit.json").write_text("{}")
    (tmp_path / "facts.ndjson").write_text("{}")
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "page.age").write_bytes(b"sealed")
    assert enrol(server, tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "identity.key",
        "kiosk.toml",
        "roots.json",
    }


def test_server_that_is_not_there_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol("http://127.0.0.1:9", tmp_path / "a") == REFUSED
    assert "ne répond pas" in capsys.readouterr().err


def test_address_that_is_none_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("guillestre", "http://[", "ftp://exemple.fr", "https://"):
        assert enrol(address, tmp_path / "a") == REFUSED
        assert "n’est pas une adresse. Écrivez-la entière" in capsys.readouterr().err


def test_folder_that_cannot_be_written_is_said_before_the_code_is_spent(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nobody writes here, not even root.
    assert enrol(server, Path("/proc/state")) == REFUSED
    assert "Le code n’a pas servi" in capsys.readouterr().err
    assert Enrolling.asked == []


def test_state_that_is_a_file_is_said_before_the_code_is_spent(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("")
    assert enrol(server, tmp_path / "state" / "deeper") == REFUSED
    assert "Le code n’a pas servi" in capsys.readouterr().err
    assert Enrolling.asked == []


@pytest.mark.parametrize("command", ["run", "selftest"])
def test_box_that_is_not_enrolled_says_what_to_do(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, "--state", str(tmp_path)) == REFUSED
    assert "enrol" in capsys.readouterr().err


def test_settings_of_the_technician_outlive_a_new_enrolment(server: str, tmp_path: Path) -> None:
    settings.write(tmp_path, settings.Config(scanner="epson2:net", scanner_options=["--mode=x"]))
    assert enrol(server, tmp_path) == 0
    assert settings.read(tmp_path, {}).scanner == "epson2:net"


def test_environment_overrides_the_file(tmp_path: Path) -> None:
    settings.write(tmp_path, settings.Config(scanner="a", display=":0"))
    environment = {
        "CORDEE_KIOSK_SCANNER": "test:0",
        "CORDEE_KIOSK_SCANNER_OPTIONS": "--mode Color --test-picture 'Color pattern'",
        "CORDEE_KIOSK_NO_SANDBOX": "1",
        "CORDEE_KIOSK_UPLOAD_BPS": "64000",
        "DISPLAY": ":9",
    }
    read = settings.read(tmp_path, environment)
    assert read.scanner == "test:0"
    assert read.scanner_options == ["--mode", "Color", "--test-picture", "Color pattern"]
    assert read.no_sandbox
    assert read.upload_bps == 64_000
    assert read.display == ":0"


@pytest.mark.parametrize(
    "text", ["scanner = ", "scanner = 5", "stop_key = ['a']", "upload_bps = 'fast'"]
)
def test_settings_that_do_not_read_are_said_in_words(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kiosk.toml").write_text(text)
    assert run("run", "--state", str(tmp_path)) == REFUSED
    assert "kiosk.toml" in capsys.readouterr().err


def test_address_in_clear_is_refused_before_the_code_is_spent(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert server.startswith("http://127.0.0.1")
    assert enrol("http://192.0.2.1", tmp_path / "state") == REFUSED
    said = capsys.readouterr().err
    assert "https://" in said
    assert "Le code n’a pas servi" in said
    assert not (tmp_path / "state").exists()


def test_pinned_roots_are_shown_to_be_compared(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(server, tmp_path / "state") == 0
    assert f"{PARTNER}  {Enrolling.root}" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "selftest", "enrol"])
def test_state_that_a_running_box_holds_is_left_alone(
    command: str, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(server, tmp_path) == 0
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())
    words = {"enrol": ["--server", server, "--code", CODE], "run": ["--adapters", "memory"]}
    with lock.held(tmp_path):
        assert run(command, *words.get(command, []), "--state", str(tmp_path)) == REFUSED
    assert "tourne déjà" in capsys.readouterr().err
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == before


def test_root_that_cannot_be_pinned_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("pin", PARTNER, "abc!", "--state", str(tmp_path)) == REFUSED
    assert "n’est pas une clé publique" in capsys.readouterr().err
    key = Authority().roots[PARTNER]
    assert run("pin", PARTNER, key, "--state", str(tmp_path / "none")) == REFUSED
    assert "enrôlez d’abord" in capsys.readouterr().err
    assert run("pin", PARTNER, key, "--state", str(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "Redémarrez" in said
    assert "relisez ce nom" in said


def test_root_is_pinned_by_hand(tmp_path: Path) -> None:
    for key in (Authority().roots[PARTNER], "-bGxvPmlKuYP98QaxEZdsJOWt731lBE_qq0bSJya33c"):
        assert run("pin", PARTNER, key, "--state", str(tmp_path)) == 0
        assert identity.pinned_roots(tmp_path) == {PARTNER: key}
    assert run("pin", PARTNER, "nonsense", "--state", str(tmp_path)) == REFUSED


def test_daemon_with_an_open_chromium_does_not_start(
    server: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrol(server, tmp_path)
    monkeypatch.setenv("CORDEE_KIOSK_CHROMIUM_FLAGS", "--no-sandbox")
    assert run("run", "--state", str(tmp_path)) == REFUSED
    assert "--no-sandbox est interdite" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_daemon_ends_in_good_order(server: str, tmp_path: Path, number: signal.Signals) -> None:
    enrol(server, tmp_path)
    words = [sys.executable, "-m", "cordee_kiosk", "run", "--adapters", "memory"]
    process = subprocess.Popen(
        [*words, "--state", str(tmp_path)], stderr=subprocess.PIPE, env=dict(os.environ), text=True
    )
    with process, contextlib.ExitStack() as cleanup:
        cleanup.callback(process.kill)
        assert process.stderr is not None
        assert "shows" in process.stderr.readline()
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
