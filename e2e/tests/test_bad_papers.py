"""Sheets that do not go through, seals for the wrong person: said at both ends, nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyrage  # type: ignore[import-untyped]  # ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from cordee_kiosk.core.trust import decode, encode
from cordee_wire.signed import Certificate, CertificateBody, certificate_payload
from e2e.stand.counter import Counter
from e2e.stand.processes import BIN, run, wait_until
from e2e.stand.world import World

WITHIN_MS = 20_000
NOT_CERTIFIED = "La clé qui ouvrirait cette page n’est pas certifiée par votre administration."
NOT_SENT = "La feuille n’est pas envoyée. Prévenez qui certifie les clés chez vous."
CERTIFIED = """
import json
from cordee.directory.models import AgentKey
key = AgentKey.objects.get(state="certified")
print(json.dumps({"certificate": key.certificate, "agent": key.agent_id}))
"""
REPLACE = """
import json
from django.db import transaction
from django.utils import timezone
from cordee.directory.models import AgentKey
from cordee.journal.rules import OPERATOR
from cordee.journal.services import record
certificate = json.loads({certificate!r})
with transaction.atomic():
    AgentKey.objects.filter(state="certified").update(certificate=certificate)
    record(
        at=timezone.now(),
        actor=OPERATOR,
        verb="keys_certified",
        object_kind="agent",
        object_id="{agent}",
    )
"""


@dataclass(frozen=True)
class Meeting:
    """A live visit in which the agent may scan. `spoken` is what the kiosk's voice was given."""

    world: World
    counter: Counter
    spoken: Path

    @property
    def sane(self) -> Path:
        """SANE's own configuration, read anew by each scan."""
        return Path(self.world.kiosk.env["CORDEE_KIOSK_SANE_CONFIG_DIR"])

    @property
    def sealed(self) -> int:
        """How many pages the server has been told of."""
        return int(self.world.server.rows("select count(*) from documents_sealedpage")[0][0])

    @property
    def failures(self) -> int:
        """How many scans the journal knows to have failed."""
        query = "select count(*) from journal_entry where verb = 'scan_failed'"
        return int(self.world.server.rows(query)[0][0])

    def refuse_scan(self, sentence: str) -> None:
        """Press F8, and assert that the counter says this and that nothing was sent or taken."""
        before, failed = self.sealed, self.failures
        self.counter.page.keyboard.press("F8")
        wait_until(lambda: self.failures > failed, within_s=20, what="the scan fails")
        state = self.counter.page.locator("#scan-state")
        expect(state).to_have_attribute("data-state", "failed", timeout=WITHIN_MS)
        expect(state).to_have_text(sentence)
        expect(self.counter.act("scan")).to_have_attribute("data-state", "given")
        assert self.counter.mark("call") == "live"
        assert self.sealed == before
        assert not list((self.world.kiosk.state / "spool").iterdir())

    def hears(self, sentence: str) -> None:
        """Wait until the kiosk has said this aloud."""
        wait_until(
            lambda: sentence in self.spoken.read_text(), within_s=10, what=f"« {sentence} » is said"
        )

    def scan_well(self) -> None:
        """Scan a sheet and assert that the agent sees it as the scanner gave it."""
        before = self.sealed
        assert np.array_equal(self.counter.scan(), self.world.kiosk.scan_alone())
        assert self.sealed == before + 1


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    programs, spoken = folder / "bin", folder / "spoken.txt"
    programs.mkdir()
    voice = programs / "espeak-ng"
    voice.write_text(f'#!/bin/sh\ntee -a {spoken} | exec /usr/bin/espeak-ng "$@"\n')
    voice.chmod(0o755)
    settings = {"PATH": f"{programs}:{os.environ['PATH']}", "CORDEE_KIOSK_SCANNER": ""}
    with World(folder, width_px=1280, height_px=720, kiosk_settings=settings) as world:
        pin_another_partner(world)
        world.kiosk.start()
        world.wait_for_kiosk()
        with world.agent() as agent:
            wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="keys")
            visit, _ = world.book_soon()
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=60)
            counter.obtain("scan")
            yield Meeting(world, counter, spoken)


def pin_another_partner(world: World) -> None:
    """Let the kiosk know a second partner's root, as a person at the box does."""
    world.kiosk.stop()
    key_file = world.folder / "other.key"
    world.server.command("demo_root", "--partner", "emploi", "--key-file", str(key_file))
    key = Ed25519PrivateKey.from_private_bytes(decode(key_file.read_text().strip()))
    public_key = encode(key.public_key().public_bytes_raw())
    words = ["pin", "emploi", public_key, "--state", str(world.kiosk.state)]
    run([BIN / "cordee-kiosk", *words], env=world.kiosk.env)


@pytest.mark.parametrize(
    ("status", "at_the_counter", "at_the_kiosk"),
    [
        (
            "SANE_STATUS_JAMMED",
            "Une feuille est coincée dans le scanner. Faites-la retirer, puis recommencez.",
            "Une feuille est coincée dans le scanner. L’accueil peut la retirer.",
        ),
        (
            "SANE_STATUS_NO_DOCS",
            "Il n’y a pas de feuille dans le scanner. Faites-en poser une, puis recommencez.",
            "Le scanner n’a pas trouvé de feuille. Posez-la, puis dites-le.",
        ),
        (
            "SANE_STATUS_COVER_OPEN",
            "Le capot du scanner est ouvert. Faites-le fermer, puis recommencez.",
            "Le capot du scanner est ouvert. Fermez-le, puis dites-le.",
        ),
        (
            "SANE_STATUS_IO_ERROR",
            (
                "Le scanner a rencontré une erreur. Recommencez ; si cela revient, prévenez le "
                "technicien."
            ),
            "La feuille n’est pas passée. Laissez-la en place : nous réessayons ensemble.",
        ),
    ],
)
def test_fault_of_the_scanner_is_said_at_both_ends_and_the_next_scan_works(
    meeting: Meeting, status: str, at_the_counter: str, at_the_kiosk: str
) -> None:
    fault = meeting.sane / "test.conf"
    fault.write_text(f'read-status-code "{status}"\n')
    try:
        meeting.refuse_scan(at_the_counter)
        meeting.refuse_scan(at_the_counter)
        meeting.hears(at_the_kiosk)
    finally:
        fault.unlink()
    meeting.scan_well()


def test_missing_scanner_is_said_at_both_ends_and_works_once_it_is_back(meeting: Meeting) -> None:
    devices = meeting.sane / "dll.conf"
    plugged_in = devices.read_text()
    devices.write_text("")
    try:
        meeting.refuse_scan(
            "Le scanner ne répond pas. Faites vérifier qu’il est allumé, puis recommencez."
        )
        meeting.hears("Le scanner ne répond pas. L’accueil peut le rallumer.")
    finally:
        devices.write_text(plugged_in)
    meeting.scan_well()


@pytest.mark.parametrize("whose", ["nobody", "another partner", "another person"])
def test_seal_for_the_wrong_recipient_is_refused_on_the_kiosk(meeting: Meeting, whose: str) -> None:
    world = meeting.world
    stored = json.loads(world.server.command("shell", "-v", "0", "-c", CERTIFIED).splitlines()[-1])
    good = msgspec.convert(stored["certificate"], Certificate)
    body = msgspec.json.decode(decode(good.body), type=CertificateBody)
    thief = pyrage.x25519.Identity.generate()
    body = msgspec.structs.replace(body, recipient=str(thief.to_public()))
    sentence = f"{NOT_CERTIFIED} {NOT_SENT}"
    match whose:
        case "nobody":
            signed = certify(body, Ed25519PrivateKey.generate())
        case "another partner":
            body = msgspec.structs.replace(body, partner="emploi")
            signed = certify(body, key_in(world.folder / "other.key"))
        case _:
            body = msgspec.structs.replace(body, holder="Madame Autre")
            signed = certify(body, key_in(world.folder / "root/root.key"))
            sentence = f"La clé qui ouvrirait cette page est celle d’une autre personne. {NOT_SENT}"
    replace(meeting, signed, stored["agent"])
    try:
        meeting.refuse_scan(sentence)
        meeting.hears("Votre feuille n’est pas envoyée : rien ne prouve qui la recevrait.")
    finally:
        replace(meeting, good, stored["agent"])
    meeting.scan_well()


def key_in(path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(decode(path.read_text().strip()))


def certify(body: CertificateBody, key: Ed25519PrivateKey) -> Certificate:
    text = encode(msgspec.json.encode(body))
    return Certificate(body=text, signature=encode(key.sign(certificate_payload(text))))


def replace(meeting: Meeting, certificate: Certificate, agent: int) -> None:
    """Let the server tell the kiosk this certificate of the agent, and wait until it has."""
    told = msgspec.json.encode(certificate).decode()
    code = REPLACE.format(certificate=told, agent=agent)
    meeting.world.server.command("shell", "-v", "0", "-c", code)
    agenda = meeting.world.kiosk.state / "agenda.json"
    wait_until(
        lambda: certificate.signature in agenda.read_text(), within_s=20, what="the kiosk is told"
    )
