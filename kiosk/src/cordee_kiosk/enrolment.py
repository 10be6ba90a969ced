"""Makes this box a kiosk: a key made here, a one-use code, the partners' roots pinned."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec

from cordee_kiosk import config as settings
from cordee_kiosk.adapters import identity
from cordee_kiosk.adapters.link import is_loopback
from cordee_wire.http import EnrolAsked, Enrolled
from cordee_wire.message import encode

_WITHIN_S = 15.0
OF_THE_KIOSK_BEFORE = ("agenda.json", "visit.json", "facts.ndjson")
"""What a box that was another kiosk before must not act upon."""


class NotEnrolled(Exception):
    """The server said no, or could not be asked; the sentence is for the technician."""


def enrol(*, server: str, code: str, state: Path) -> Enrolled:
    """Enrol this box and write its state. Nothing is written when the server says no.

    Raises NotEnrolled.
    """
    who, private_key = identity.make()
    asked = EnrolAsked(code=code.strip(), public_key=who.public_key)
    enrolled = _ask(server, asked)
    identity.make_state(state)
    for name in OF_THE_KIOSK_BEFORE:
        (state / name).unlink(missing_ok=True)
    identity.keep(state, private_key)
    identity.pin_roots(state, enrolled.roots)
    before = settings.read(state, {})
    written = msgspec.structs.replace(
        before,
        server=server.rstrip("/"),
        kiosk=enrolled.kiosk,
        site=enrolled.site,
        # The display is the session's, unless a technician sets one.
        display="",
    )
    settings.write(state, written)
    return enrolled


def _ask(server: str, asked: EnrolAsked) -> Enrolled:
    url = server.rstrip("/") + "/api/kiosk/enrol"
    try:
        answer = httpx.post(
            url,
            content=encode(asked),
            headers={"Content-Type": "application/json"},
            timeout=_WITHIN_S,
            trust_env=not is_loopback(server),
        )
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise NotEnrolled(
            f"Le serveur {server} ne répond pas. Vérifiez l’adresse et la ligne."
        ) from error
    if answer.status_code != httpx.codes.CREATED:
        raise NotEnrolled(_message(answer))
    try:
        return msgspec.json.decode(answer.content, type=Enrolled)
    except msgspec.MsgspecError as error:
        raise NotEnrolled(f"{server} n’est pas un serveur Cordée.") from error


def _message(answer: httpx.Response) -> str:
    try:
        said = msgspec.json.decode(answer.content, type=dict[str, str])
    except msgspec.MsgspecError:
        return f"Le serveur a refusé (réponse {answer.status_code})."
    return said.get("message") or f"Le serveur a refusé (réponse {answer.status_code})."
