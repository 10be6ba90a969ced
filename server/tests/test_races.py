"""The same thing asked for many times at once, each time over a connection of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from factories import NOW, TEN, World, make_user, new_private_key, new_recipient, sealed

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.directory import keys
from cordee.directory.models import AgentKey
from cordee.documents import services as documents
from cordee.documents.models import SealedPage
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.ids import new_hex
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import public_key_of, sign
from cordee_wire.http import PageOffered
from cordee_wire.signed import key_proof_payload

ATTEMPTS = 6


def _at_once(task: Callable[[], object]) -> list[str]:
    """Return what each of six came to: `done`, or the code of a refusal."""
    start = Barrier(ATTEMPTS)

    def run(_number: int) -> str:
        start.wait()
        try:
            task()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(ATTEMPTS) as pool:
        return sorted(pool.map(run, range(ATTEMPTS)))


def _noted(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


def test_the_same_page_offered_at_once_is_one_page(committed: World) -> None:
    key = committed.offer_keys()
    committed.certify(key)
    visit = committed.book()
    data = sealed(1000)
    offered = PageOffered(
        page=new_hex(),
        visit=visit.public_id,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        recipients=[key.recipient],
    )

    outcomes = _at_once(
        lambda: documents.offer(kiosk=committed.box.kiosk, offered=offered, now=TEN)
    )

    assert outcomes == ["done"] * ATTEMPTS
    assert SealedPage.objects.count() == _noted("page_offered") == 1


def test_the_same_keys_offered_at_once_are_one_offer(committed: World) -> None:
    agent, recipient, private_key = committed.agent, new_recipient(), new_private_key()
    verify_key = public_key_of(private_key)
    payload = key_proof_payload(agent.label, recipient, verify_key)
    proof = sign(private_key=private_key, payload=payload)

    outcomes = _at_once(
        lambda: keys.offer_keys(
            agent=agent, recipient=recipient, verify_key=verify_key, proof=proof, now=NOW
        )
    )

    assert outcomes == ["done"] * ATTEMPTS
    assert AgentKey.objects.count() == _noted("keys_offered") == 1


def test_of_kiosks_named_alike_at_once_one_is_made(committed: World) -> None:
    site, before = committed.box.kiosk.site, _noted("kiosk_added")

    outcomes = _at_once(
        lambda: fleet.add_kiosk(site=site, name="Ceillac 1", actor=OPERATOR, now=NOW)
    )

    assert outcomes == ["done"] + ["kiosk_name_taken"] * (ATTEMPTS - 1)
    assert Kiosk.objects.filter(name="Ceillac 1").count() == 1
    assert _noted("kiosk_added") == before + 1


def test_of_accounts_opened_at_once_for_an_address_one_is(committed: World) -> None:
    outcomes = _at_once(lambda: make_user("neuf@demo.invalid", Role.HOST, "Neuf"))

    assert outcomes == ["done"] + ["email_taken"] * (ATTEMPTS - 1)
    assert User.objects.filter(email="neuf@demo.invalid").count() == 1
