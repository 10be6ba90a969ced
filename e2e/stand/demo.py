"""`make demo`: the main job on this machine, both sides, one minute from now.

Ctrl-C ends everything.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import IO

from e2e.stand.processes import ROOT, Ended, NotInTime, is_listening
from e2e.stand.screen import has_display
from e2e.stand.watch import Watch
from e2e.stand.world import World, soon

FOLDER = ROOT / "var/demo"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PORTS = {"server": 8000, "site": 8001, "watch": 8002}

_TEXT = """
Cordée est prête. Un rendez-vous commence tout seul à {hour}.

  1. La borne           {watch}
     Vous êtes l’usager : regardez, cliquez sur l’image pour toucher l’écran.
  2. Le guichet         {counter}
     Vous êtes l’agent : adresse {email}  mot de passe {password}
     Autorisez caméra et micro ; créez vos clés si la page le propose.

  Le site du partenaire {site}
  L’accueil             {desk}  ({host_email}, {host_password})
  L’administration      {manager}  ({manager_email}, {manager_password})

Un nouveau rendez-vous : tapez Entrée. Tout arrêter : Ctrl-C.
"""


def main() -> int:
    """Run the demo until interrupted; return an exit code."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--in", dest="in_s", type=float, default=60, help="seconds to the call")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="emptied, then written to")
    parser.add_argument(
        "--small", action="store_true", help="five bare places instead of a whole département"
    )
    options = parser.parse_args()
    folder: Path = options.folder
    # SIGINT too: a shell that starts this in the background has made it ignored.
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    folder.parent.mkdir(parents=True, exist_ok=True)
    started_at = time.monotonic()
    with Path(f"{folder}.lock").open("w") as lock:
        if not _is_ours(lock):
            print(
                f"Une démonstration tourne déjà dans {folder}. Arrêtez-la (Ctrl-C dans sa "
                'fenêtre), ou donnez un autre dossier : make demo ARGS="--folder AUTRE".',
                file=sys.stderr,
            )
            return 1
        return _run(options, folder, started_at)


def _run(options: argparse.Namespace, folder: Path, started_at: float) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with World(
            folder,
            server_port=_port("server"),
            site_port=_port("site"),
            width_px=1600,
            height_px=900,
            # Where there is a display the kiosk is a window on it, beside the watch page.
            window_on=_display(),
            is_whole=not options.small,
        ) as world:
            world.wait_for_kiosk()
            with Watch(world.screen, site=world.seeded["kiosk"], port=_port("watch")) as watch:
                _tell(world, watch, options.in_s, started_at)
                _wait_for_end(world, watch, options.in_s)
    except KeyboardInterrupt:
        print("Tout est arrêté.")
    except (Ended, NotInTime) as error:
        print(f"\nLa démonstration s’est arrêtée : {error}", file=sys.stderr)
        print(f"Les journaux sont dans {folder}.", file=sys.stderr)
        return 1
    return 0


def _tell(world: World, watch: Watch, in_s: float, started_at: float) -> None:
    starts_at = soon(in_s)
    visit = world.book(starts_at=starts_at)
    agent, host, manager = (world.log_in(role) for role in ("agent", "host", "manager"))
    print(f"En place en {time.monotonic() - started_at:.0f} s.")
    print(
        _TEXT.format(
            hour=datetime.fromtimestamp(starts_at).astimezone().strftime("%H:%M:%S"),
            watch=watch.url,
            counter=f"{world.server.url}/guichet/{visit}/",
            email=agent.email,
            password=agent.password,
            site=world.site.url,
            desk=f"{world.server.url}/accueil/",
            host_email=host.email,
            host_password=host.password,
            manager=f"{world.server.url}/administration/",
            manager_email=manager.email,
            manager_password=manager.password,
        ),
        flush=True,
    )


def _wait_for_end(world: World, watch: Watch, in_s: float) -> None:
    """Book again at each Enter; without a keyboard, only wait."""
    if not sys.stdin.isatty():
        while True:
            signal.pause()
    while sys.stdin.readline():
        try:
            _tell(world, watch, in_s, time.monotonic())
        except Ended as error:
            print(f"Pas de nouveau rendez-vous : {error}", file=sys.stderr)


def _port(name: str) -> int:
    """Return the usual port, or 0 (any) when something else has it."""
    return 0 if is_listening(PORTS[name]) else PORTS[name]


def _display() -> str | None:
    """Return the display of whoever started this, None when there is none that answers."""
    name = os.environ.get("DISPLAY", "")
    return name if name and has_display(name) else None


def _is_ours(lock: IO[str]) -> bool:
    """Take the lock; it goes with the process. False when another demo holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _interrupt(_number: int, _frame: object) -> None:
    # What is under way is ended whole: a second Ctrl-C must not leave half of it running.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    print("\nJ’arrête tout, un instant…", flush=True)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
