from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from waiting import wait_until

WITHIN_S = 30


@pytest.fixture
def url() -> str:
    """Return an address on a port that the system gives to nobody who asks for any."""
    for port in random.sample(range(12_000, 20_000), 100):
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return f"http://127.0.0.1:{port}"
    raise AssertionError("no port is free")


@pytest.fixture
def server(url: str, tmp_path: Path, empty_database: str) -> Iterator[subprocess.Popen[str]]:
    env = {
        **os.environ,
        "CORDEE_DATA": str(tmp_path),
        "DATABASE_URL": empty_database,
        "PYTHONWARNINGS": "error",
    }
    command = [sys.executable, "-m", "cordee"]
    process = subprocess.Popen(
        [*command, "serve", "--port", url.rpartition(":")[2]],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _get(url: str) -> str:
    """Return the page once the server answers."""

    def ask() -> list[httpx.Response]:
        with contextlib.suppress(httpx.TransportError):
            return [httpx.get(url, timeout=WITHIN_S, trust_env=False)]
        return []

    (answer,) = wait_until(ask, what=f"{url} answers", within_s=WITHIN_S)
    return answer.raise_for_status().text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_and_ends_quietly_when_told(
    server: subprocess.Popen[str], url: str, number: signal.Signals
) -> None:
    assert "ok" in _get(f"{url}/healthz")
    assert "Cordée" in _get(url)
    assert "<svg" in _get(f"{url}/static/web/mark.svg")

    server.send_signal(number)
    said, _ = server.communicate(timeout=WITHIN_S)

    assert "Traceback" not in said
    assert "Warning" not in said
