"""The `cordee` commands of one server without loading the program anew for each.

    console = Console(folder, env)
    printed = console.run("book", "--json", …)

A process of its own has loaded what commands need, with the server's settings, and forks for every
command: what runs is the program's own entry, and nothing of a command is left for the next.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import django
from django.core.management import get_commands, load_command_class
from django.db import connections
from django.urls import get_resolver

from cordee.__main__ import main as cordee
from e2e.stand.processes import BIN, ROOT, Ended, NotInTime

PRINTED = ("stdout", "stderr")
PR_SET_PDEATHSIG = 1


class Console:
    """Commands for the server of `env`; what they print passes through files in `folder`.

    It starts with its first command and ends with `close`, or with the process that has it.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        """Remember for whom; nothing starts yet."""
        self._folder = folder
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._one_by_one = threading.Lock()

    def run(self, *words: str, within_s: float = 180) -> str:
        """Run `cordee WORDS…` to its end and return what it printed.

        Raises Ended when it fails, with what it said, and NotInTime when it does not end.
        """
        with self._one_by_one:
            code = self._ask(words, within_s=within_s)
            out, err = ((self._folder / f"console.{name}").read_text() for name in PRINTED)
        if code != "0":
            raise Ended(f"cordee {' '.join(words)} ended with {code or 'the console'}:\n{out}{err}")
        return out

    def keep_running(self, *words: str, log: Path) -> None:
        """Let `cordee WORDS…` run until the console ends; what it prints goes to `log`.

        The console ends with `close`, and with a command that did not end in time. Raises Ended
        when it cannot begin.
        """
        with self._one_by_one:
            code = self._ask(words, log=log)
        if code != "0":
            raise Ended(f"cordee {' '.join(words)} did not begin: {code or 'the console ended'}")

    def _ask(self, words: tuple[str, ...], *, log: Path | None = None, within_s: float = 30) -> str:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"words": words, "log": None if log is None else str(log)}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], within_s)[0]:
            self._end(process)
            raise NotInTime(f"not within {within_s:g} s: cordee {' '.join(words)}")
        return process.stdout.readline().decode().strip()

    def close(self) -> None:
        """End the process. Twice does no harm."""
        with self._one_by_one:
            if self._process is not None:
                self._end(self._process)
                self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in PRINTED:
            (self._folder / f"console.{name}").touch()
        return subprocess.Popen(
            [BIN / "python", "-m", "e2e.stand.console", str(self._folder)],
            cwd=ROOT,
            env={**os.environ, **self._env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        # A command that does not end is in its group.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=5)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def main(folder: Path) -> None:
    """Read commands, a JSON object a line; answer each with its exit code on a line.

    `words` are the command's. With a `log` it is only begun, and ends with this process.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cordee.config.settings")
    django.setup()
    for name, app in get_commands().items():
        if str(app).startswith("cordee."):
            load_command_class(str(app), name)
    # Each command checks the settings first, and for that reads every page's code.
    get_resolver().check()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        logs = [asked["log"] or folder / f"console.{name}" for name in PRINTED]
        child = os.fork()
        if child == 0:
            _be_the_command(asked["words"], logs)
        status = 0 if asked["log"] else os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_the_command(words: list[str], logs: list[Path]) -> NoReturn:
    """Become `cordee WORDS…`, printing into `logs`, and end as it ends, or with its parent."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, log in enumerate(logs, start=1):
        # Both may go to one file: each writes at its end.
        Path(log).write_text("")
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND), number)
    sys.argv = ["cordee", *words]
    code: object = None
    try:
        cordee()
    except SystemExit as ended:
        code = ended.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - whatever ended it, its parent goes on
        traceback.print_exc()
        code = 1
    # Python would take all that was loaded apart, object by object, before it ends.
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
