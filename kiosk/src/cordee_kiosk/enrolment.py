"""Makes this box a kiosk: a key made here, a one-use code, the partners' roots pinned."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import httpx
import msgspec

from cordee_kiosk import config as settings
from cordee_kiosk import safety
from cordee_kiosk.adapters import identity
from cordee_kiosk.config import is_loopback
from cordee_wire.http import EnrolAsked, Enrolled
from cordee_wire.message import encode

_WITHIN_S = 15.0
OF_THE_KIOSK_BEFORE = ("agenda.json", "visit.json", "facts.ndjson")
"""What a box that was another kiosk before must not act upon."""
SPOOL_FOLDER = "spool"
"""Pages that wait to be sent; those of another kiosk are nobody's here."""


class NotEnrolled(Exception):
    """The server said no, or could not be asked; the sentence is for the technician."""


def enrol(*, server: str, code: str, state: Path, proxy: str = "") -> Enrolled:
    """Enrol this box, through `proxy` if named, and write its state.

    Nothing is written when the server says no.

    Raises NotEnrolled.
    """
    if safety.is_in_clear(server.strip()):
        raise NotEnrolled(f"{safety.IN_CLEAR} Le code n’a pas servi.")
    _check_writable(state)
    who, private_key = identity.make()
    asked = EnrolAsked(code=code.strip(), public_key=who.public_key)
    proxy = proxy.strip() or settings.from_process(state).proxy
    enrolled = _ask(server.strip(), asked, proxy)
    identity.make_state(state)
    for name in OF_THE_KIOSK_BEFORE:
        (state / name).unlink(missing_ok=True)
    if (state / SPOOL_FOLDER).exists():
        shutil.rmtree(state / SPOOL_FOLDER)
    identity.keep(state, private_key)
    identity.pin_roots(state, enrolled.roots)
    before = settings.read(state, {})
    written = msgspec.structs.replace(
        before,
        server=server.strip().rstrip("/"),
        kiosk=enrolled.kiosk,
        site=enrolled.site,
        proxy=proxy,
        # The display is the session's, unless a technician sets one.
        display="",
    )
    settings.write(state, written)
    return enrolled


def _check_writable(state: Path) -> None:
    """Find out before the one-use code is spent."""
    settings.read(state, {})
    nearest = next(path for path in (state, *state.absolute().parents) if path.exists())
    try:
        tempfile.TemporaryDirectory(dir=nearest).cleanup()
    except OSError as error:
        raise NotEnrolled(
            f"Le dossier {state} ne peut pas être écrit. Lancez la commande avec le compte de la "
            "borne, ou choisissez un autre dossier. Le code n’a pas servi."
        ) from error


def _ask(server: str, asked: EnrolAsked, proxy: str) -> Enrolled:
    url = server.rstrip("/") + "/api/kiosk/enrol"
    try:
        answer = httpx.post(
            url,
            content=encode(asked),
            headers={"Content-Type": "application/json"},
            timeout=_WITHIN_S,
            proxy=proxy or None,
            trust_env=not is_loopback(server),
        )
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, ValueError, OverflowError) as error:
        raise NotEnrolled(
            f"« {server} » n’est pas une adresse. Écrivez-la entière, par exemple "
            "https://cordee.exemple.fr."
        ) from error
    except httpx.RequestError as error:
        raise NotEnrolled(
            f"Le serveur {server} ne répond pas. Vérifiez l’adresse et la ligne."
        ) from error
    if answer.status_code != httpx.codes.CREATED:
        raise NotEnrolled(_refusal(server, answer))
    try:
        return msgspec.json.decode(answer.content, type=Enrolled)
    except msgspec.MsgspecError as error:
        raise NotEnrolled(_not_cordee(server)) from error


def _refusal(server: str, answer: httpx.Response) -> str:
    """Return the server's own sentence, or one that says what answered instead."""
    try:
        said = msgspec.json.decode(answer.content, type=dict[str, str])
    except msgspec.MsgspecError:
        said = {}
    if said.get("code") and said.get("message"):
        return said["message"]
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return f"Le serveur {server} est en panne. Réessayez dans un instant."
    return _not_cordee(server)


def _not_cordee(server: str) -> str:
    return f"{server} n’est pas un serveur Cordée. Vérifiez l’adresse."
