"""Set the workspace up: system packages, Python, Node, the built pages. Each step once.

Runs on a bare Python 3.11 (standard library only). A step is done again when the hash of its
inputs differs from its stamp in `.setup/`, or when what it made is gone. Independent steps run
side by side. `--peers` installs what `python -m bench peers` measures beside Cordée as well.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMPS = ROOT / ".setup"
VENV = ROOT / ".venv"
PACKAGES = ("wire", "server", "kiosk")
DEBIAN_LIST = ROOT / "deploy/setup/debian-packages.txt"
PEERS_LIST = ROOT / "deploy/setup/peers-packages.txt"
LOCK = ROOT / "requirements/all.txt"
STAGE = ROOT / "kiosk/src/cordee_kiosk/stage"
BUILT = ROOT / "server/src/cordee/web/static/built"

_print_lock = threading.Lock()


class SetupFailed(Exception):
    """A step could not be done; the text says what the person can do."""


@dataclass(frozen=True)
class Step:
    """One thing to install or build. `makes` must exist afterwards."""

    name: str
    run: Callable[[], None]
    inputs: tuple[Path, ...]
    makes: tuple[Path, ...] = ()
    after: tuple[str, ...] = field(default=())


def debian_packages(text: str) -> list[str]:
    """Return the package names of a list with one name a line and comments after `#`."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash of files (folders: everything in them) and of where the workspace stands."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in sorted(_files(paths)):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_done(step: Step) -> bool:
    """Say whether the step's stamp is that of its present inputs and its output still stands."""
    stamp = STAMPS / step.name
    return (
        stamp.exists()
        and all(path.exists() for path in step.makes)
        and stamp.read_text() == fingerprint(step.inputs)
    )


def main() -> int:
    """Do the steps that are not done yet; return an exit code."""
    STAMPS.mkdir(exist_ok=True)
    wanted = [step for step in _steps() if not is_done(step)]
    if not wanted:
        return 0
    say(f"Setting up: {', '.join(step.name for step in wanted)}.")
    started_at = time.monotonic()
    try:
        if any(step.name in {"system", "peers"} for step in wanted):
            require_system()
        _run_all(wanted)
    except SetupFailed as error:
        print(f"\nCordée cannot be set up here: {error}", file=sys.stderr)
        return 1
    say(f"Ready in {time.monotonic() - started_at:.0f} s.")
    return 0


def say(text: str) -> None:
    """Print one line, whole, to standard error: what a target prints stays alone on its own."""
    with _print_lock:
        print(text, file=sys.stderr, flush=True)


def _steps() -> list[Step]:
    """Return every step, in an order in which each comes after what it needs."""
    frontend = ROOT / "frontend"
    projects = tuple(ROOT / name / "pyproject.toml" for name in PACKAGES)
    sources = tuple(
        path
        for path in (
            frontend / "src",
            frontend / "build.mjs",
            frontend / "package-lock.json",
            *sorted(frontend.glob("tsconfig*.json")),
        )
        if path.exists()
    )
    catalogues = tuple(sorted((ROOT / "server/src").rglob("*.po")))
    steps = [
        Step("system", _install_system, (DEBIAN_LIST,)),
        Step(
            "python",
            _install_python,
            (LOCK, *projects),
            (VENV / "bin/python", VENV / "bin/pytest", VENV / "bin/cordee"),
            after=() if importlib.util.find_spec("ensurepip") else ("system",),
        ),
        Step(
            "node",
            _install_node,
            (frontend / "package.json", frontend / "package-lock.json"),
            (frontend / "node_modules",),
        ),
    ]
    if "--peers" in sys.argv:
        steps.append(Step("peers", _install_system, (PEERS_LIST,), after=("system",)))
    if (frontend / "build.mjs").exists():
        steps.append(Step("pages", _build_pages, sources, (STAGE, BUILT), after=("node",)))
    if catalogues:
        compiled = tuple(path.with_suffix(".mo") for path in catalogues)
        steps.append(
            Step("languages", _compile_catalogues, catalogues, compiled, after=("system",))
        )
    return steps


def _run_all(steps: list[Step]) -> None:
    """Run steps, each as soon as those it needs are done; raise the first failure."""
    futures: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        for step in steps:
            needed = [futures[name] for name in step.after if name in futures]
            futures[step.name] = pool.submit(_run_one, step, needed)
    for future in futures.values():
        future.result()


def _run_one(step: Step, needed: list[Future[None]]) -> None:
    for future in needed:
        future.result()
    started_at = time.monotonic()
    step.run()
    missing = [path for path in step.makes if not path.exists()]
    if missing:
        raise SetupFailed(f"step {step.name} did not make {missing[0].relative_to(ROOT)}")
    (STAMPS / step.name).write_text(fingerprint(step.inputs))
    say(f"  {step.name:<10}{time.monotonic() - started_at:6.1f} s")


def require_system() -> None:
    """Raise SetupFailed, before anything is installed, where Debian's packages cannot be."""
    if not shutil.which("dpkg-query"):
        raise SetupFailed(
            "this is not Debian. Cordée is developed on Debian 12; its packages are listed in "
            "deploy/setup/debian-packages.txt."
        )
    missing = _missing_packages()
    if missing and os.geteuid() != 0 and not _may_sudo():
        raise SetupFailed(
            "these Debian packages are missing, and sudo asks for a password here:\n"
            f"  apt-get install --no-install-recommends {' '.join(missing)}\n"
            "Run that line as root (or `sudo -v` first), then make again."
        )


def _missing_packages() -> list[str]:
    lists = (DEBIAN_LIST, PEERS_LIST) if "--peers" in sys.argv else (DEBIAN_LIST,)
    wanted = [name for listed in lists for name in debian_packages(listed.read_text())]
    return [name for name in wanted if not _has_package(name)]


def _may_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def _install_system() -> None:
    missing = _missing_packages()
    if not missing:
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    _run("system", [*apt, "update"])
    _run("system", [*apt, "install", "-y", "--no-install-recommends", *missing])


def _has_package(name: str) -> bool:
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", name],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() == "installed"


def _install_python() -> None:
    if not (VENV / "bin/python").exists():
        _run("python", [sys.executable, "-m", "venv", str(VENV)])
    pip = [str(VENV / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-compile", "--no-deps"]
    _run("python", [*install, "--require-hashes", "-r", str(LOCK)])
    editable = [part for name in PACKAGES for part in ("-e", str(ROOT / name))]
    _run("python", [*install, "--no-build-isolation", *editable])
    # pip would compile one file after the other. Without it each process compiles all it imports.
    sources = [str(VENV / "lib"), *(str(ROOT / name / "src") for name in PACKAGES)]
    _run("python", [str(VENV / "bin/python"), "-m", "compileall", "-q", "-j", "0", *sources])


def _install_node() -> None:
    # `npm ci` refuses a lock without the optional packages of other platforms; `install` does not.
    _run("node", ["npm", "install", "--no-save", "--silent"], ROOT / "frontend")


def _build_pages() -> None:
    _run("pages", ["node", "build.mjs"], ROOT / "frontend")


def _compile_catalogues() -> None:
    for path in sorted((ROOT / "server/src").rglob("*.po")):
        _run("languages", ["msgfmt", "-o", str(path.with_suffix(".mo")), str(path)])


def _run(step: str, command: list[str], cwd: Path = ROOT) -> None:
    """Run one command; its output is shown only when it fails."""
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        say(done.stdout)
        raise SetupFailed(f"step {step} failed: {' '.join(command[:8])} ended {done.returncode}")


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (inner for inner in path.rglob("*") if inner.is_file())
        elif path.exists():
            yield path


if __name__ == "__main__":
    sys.exit(main())
