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
from functools import partial
from pathlib import Path
from typing import IO

from cordee.visits.rules import FINAL_STATES
from e2e.stand.databases import KEPT
from e2e.stand.drawn import PORTRAITS, film_person
from e2e.stand.kiosk import camera_flags
from e2e.stand.processes import ROOT, Ended, NotInTime, is_listening, wait_until
from e2e.stand.screen import has_display
from e2e.stand.watch import Watch
from e2e.stand.world import World, soon

FOLDER = ROOT / "var/demo"
TUTORIAL = ROOT / "docs/tutorial/first-visit.md"
FACE_PX = (640, 360)
SCREEN_WITHIN_S = 60
LOG_LINES = 15
OVER_WITHIN_S = 3
"""The counter says at once that a call is over; the server hears it from the kiosk."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PORTS = {"server": 8000, "site": 8001, "watch": 8002}

_TEXT = """
Cordée est prête. Un rendez-vous commence tout seul à {hour}.

  1. La borne           {watch}
     Vous êtes l’usager (un visage dessiné tient lieu de caméra) : regardez, cliquez sur l’image
     pour toucher l’écran.
  2. Le guichet         {counter}
     Vous êtes l’agent : adresse {email}  mot de passe {password}
     Autorisez caméra et micro, puis attendez l’heure.
  3. Au guichet, en bas, demandez à voir la page, à la remplir, à numériser. La borne le demande
     à voix haute : touchez « Oui » sur son écran. « Touche Stop », sous l’image, reprend tout.
  4. « J’ai déjà un compte », sur le site : à la borne, tapez vous-même le mot de passe, puis le
     code que reçoit le téléphone de l’usager ({phone}). L’agent n’en lit rien.

  Pas à pas             {tutorial}
  Le site du partenaire {site}
  L’accueil             {desk}  ({host_email}, {host_password})
  L’administration      {manager}  ({manager_email}, {manager_password})
  Le parc               {fleet}  ({technician_email}, {technician_password})

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
            kiosk_settings={"CORDEE_KIOSK_CHROMIUM_FLAGS": camera_flags(_face())},
            is_whole=not options.small,
        ) as world:
            _wait_for_screen(world)
            with Watch(world.screen, site=world.seeded["kiosk"], port=_port("watch")) as watch:
                visit = _tell(world, watch, options.in_s, started_at)
                _wait_for_end(world, watch, visit, options.in_s)
    except KeyboardInterrupt:
        print("Tout est arrêté.")
    except (Ended, NotInTime) as error:
        print(f"\nLa démonstration s’est arrêtée : {error}", file=sys.stderr)
        print(f"Les journaux sont dans {folder}.", file=sys.stderr)
        return 1
    return 0


def _face() -> Path:
    """Return the film of the citizen's face, drawn once."""
    width_px, height_px = FACE_PX
    kept = KEPT / f"citizen-{width_px}x{height_px}.y4m"
    drawn_at = (PORTRAITS / "citizen.svg").stat().st_mtime
    if kept.exists() and kept.stat().st_mtime > drawn_at:
        return kept
    return film_person("citizen", kept, width_px=width_px, height_px=height_px)


def _wait_for_screen(world: World) -> None:
    """Wait until the kiosk is there and shows its page. Raises NotInTime with its log's end."""
    world.wait_for_kiosk()
    try:
        wait_until(world.screen.is_drawn, within_s=SCREEN_WITHIN_S, what="the kiosk’s screen")
    except NotInTime as error:
        end = "\n".join(world.kiosk.log().splitlines()[-LOG_LINES:])
        raise NotInTime(f"la borne ne montre rien ({error}).\n{end}") from error


def _tell(world: World, watch: Watch, in_s: float, started_at: float) -> str:
    """Book a visit and say where both sides are; return its id."""
    starts_at = soon(in_s)
    visit = world.book(starts_at=starts_at)
    roles = ("agent", "host", "manager", "technician")
    agent, host, manager, technician = (world.log_in(role) for role in roles)
    print(f"En place en {time.monotonic() - started_at:.0f} s.")
    print(
        _TEXT.format(
            hour=datetime.fromtimestamp(starts_at).astimezone().strftime("%H:%M:%S"),
            watch=watch.url,
            counter=f"{world.server.url}/guichet/{visit}/",
            email=agent.email,
            password=agent.password,
            tutorial=TUTORIAL.relative_to(ROOT),
            site=world.site.url,
            phone=f"{world.site.base}telephone",
            desk=f"{world.server.url}/accueil/",
            host_email=host.email,
            host_password=host.password,
            manager=f"{world.server.url}/administration/",
            manager_email=manager.email,
            manager_password=manager.password,
            fleet=f"{world.server.url}/parc/",
            technician_email=technician.email,
            technician_password=technician.password,
        ),
        flush=True,
    )
    return visit


def _wait_for_end(world: World, watch: Watch, visit: str, in_s: float) -> None:
    """Book again at each Enter; without a keyboard, only wait."""
    if not sys.stdin.isatty():
        while True:
            signal.pause()
    while sys.stdin.readline():
        try:
            wait_until(partial(_is_over, world, visit), within_s=OVER_WITHIN_S, what="the end")
        except NotInTime:
            print(
                "Un seul rendez-vous à la fois : celui d’avant n’est pas fini. Au guichet,\n"
                f"{world.server.url}/guichet/{visit}/ : « Terminer », puis tapez Entrée.",
                flush=True,
            )
            continue
        try:
            visit = _tell(world, watch, in_s, time.monotonic())
        except Ended as error:
            print(f"Pas de nouveau rendez-vous : {error}", file=sys.stderr)


def _is_over(world: World, visit: str) -> bool:
    query = "select state from visits_visit where public_id = ?"
    ((state,),) = world.server.rows(query, visit)
    return state in FINAL_STATES


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
