"""Seals pages in the age format, to certified X25519 recipients and nobody else."""

from __future__ import annotations

from collections.abc import Mapping

import pyrage  # type: ignore[import-untyped]  # ships no types

from cordee_kiosk.core.trust import NotTrusted, read_certificate
from cordee_kiosk.ports import Sealed, Unavailable
from cordee_wire.kiosk_link import AgendaEntry
from cordee_wire.signed import Certificate

_WHY = {
    "certificate": "Votre clé n’est pas certifiée.",
    "root_unknown": "Cette borne ne connaît pas la clé de votre administration.",
    "signature": "La clé qui ouvrirait cette page n’est pas certifiée par votre administration.",
    "not_yet": "Votre clé n’est pas encore valable.",
    "expired": "Votre clé n’est plus valable.",
    "holder": "La clé qui ouvrirait cette page est celle d’une autre personne.",
}
_SUFFIX = " La feuille n’est pas envoyée. Prévenez qui certifie les clés chez vous."


class AgeSealer:
    """`roots` maps a partner to its pinned public key."""

    def __init__(self, roots: Mapping[str, str]) -> None:
        self._roots = roots

    def seal(self, page: bytes, *, entry: AgendaEntry, now: float) -> Sealed:
        """Return the age file for the agent, and for the partner's recovery key if it has one.

        Raises Unavailable `sealing_refused` when any of the certificates is not good.
        """
        names = self._recipients(entry, now)
        try:
            recipients = [pyrage.x25519.Recipient.from_str(name) for name in names]
        except pyrage.RecipientError as error:
            raise _refused("unreadable") from error
        return Sealed(ciphertext=pyrage.encrypt(page, recipients), recipients=names)

    def _recipients(self, entry: AgendaEntry, now: float) -> list[str]:
        agent = self._read(entry.certificate, "agent", entry, now)
        if agent[1] != entry.agent:
            raise _refused("holder")
        names = [agent[0]]
        if entry.recovery is not None:
            names.append(self._read(entry.recovery, "recovery", entry, now)[0])
        return names

    def _read(
        self, certificate: Certificate | None, kind: str, entry: AgendaEntry, now: float
    ) -> tuple[str, str]:
        if certificate is None:
            raise _refused("certificate")
        try:
            body = read_certificate(
                certificate, kind=kind, partner=entry.partner, roots=self._roots, now=now
            )
        except NotTrusted as error:
            raise _refused(error.code) from error
        return body.recipient, body.holder


def _refused(why: str) -> Unavailable:
    message = _WHY.get(why, "La clé qui ouvrirait cette page n’est pas utilisable.")
    return Unavailable("sealing_refused", message + _SUFFIX)
