from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from factories import NOW, World, new_private_key, new_recipient

from cordee.directory import keys
from cordee.directory.models import AgentKey, Partner
from cordee.directory.queries import (
    certificate_of,
    keys_shown,
    keys_state,
    keys_to_renew,
    pending_keys,
    recipients_of,
    roots,
)
from cordee.directory.requests import recovery_body
from cordee.directory.rules import KeyState, make_certificate, read_certificate
from cordee.journal.queries import entries_about
from cordee.journal.rules import OPERATOR
from cordee.kernel.signing import public_key_of, sign
from cordee_wire.signed import CertificateBody, key_proof_payload


def test_an_offered_key_waits_for_its_partners_root(world: World) -> None:
    key = world.offer_keys()

    assert key.state == KeyState.PENDING
    assert pending_keys(world.partner) == [key]
    assert certificate_of(world.agent, now=NOW) is None


def test_a_certified_key_is_given_to_kiosks(world: World) -> None:
    key = world.offer_keys()
    world.certify(key)

    certificate = certificate_of(world.agent, now=NOW)
    assert certificate is not None
    body = read_certificate(certificate, root_public_key=public_key_of(world.root))
    assert body is not None
    assert (body.kind, body.partner, body.holder) == ("agent", "allocations", "Madame Martin")
    assert (body.recipient, body.verify_key) == (key.recipient, key.verify_key)
    assert recipients_of(world.agent, now=NOW) == {key.recipient}
    assert pending_keys(world.partner) == []
    verbs = [entry.verb for entry in entries_about("agent", str(world.agent.pk))]
    assert verbs == ["added", "keys_offered", "keys_certified"]


def test_a_newer_key_replaces_the_older_one_once_certified(world: World) -> None:
    older = world.offer_keys()
    world.certify(older)
    first = certificate_of(world.agent, now=NOW)
    newer = world.offer_keys()

    assert certificate_of(world.agent, now=NOW) == first
    assert keys_shown(world.agent) == newer
    world.certify(newer)
    assert certificate_of(world.agent, now=NOW) != first


def test_a_second_offer_replaces_the_one_that_still_waits(world: World) -> None:
    world.offer_keys()
    newer = world.offer_keys()

    assert pending_keys(world.partner) == [newer]


def test_a_key_that_the_agent_does_not_hold_is_refused(world: World) -> None:
    recipient = new_recipient()
    verify_key = public_key_of(new_private_key())
    payload = key_proof_payload(world.agent.label, recipient, verify_key)

    with pytest.raises(keys.KeyNotHeld):
        keys.offer_keys(
            agent=world.agent,
            recipient=recipient,
            verify_key=verify_key,
            proof=sign(private_key=new_private_key(), payload=payload),
            now=NOW,
        )
    assert not AgentKey.objects.exists()


@pytest.mark.parametrize("recipient", ["", "age1short", "AGE-SECRET-KEY-1" + "Q" * 58])
def test_something_else_than_an_age_recipient_is_refused(world: World, recipient: str) -> None:
    with pytest.raises(keys.KeyMalformed):
        keys.offer_keys(
            agent=world.agent,
            recipient=recipient,
            verify_key=public_key_of(new_private_key()),
            proof="",
            now=NOW,
        )


def test_a_certificate_of_another_root_is_refused(world: World) -> None:
    key = world.offer_keys()
    forged = world.certificate_for(key, root=new_private_key())

    with pytest.raises(keys.CertificateWrong):
        keys.certify(key=key, certificate=forged, actor=OPERATOR, now=NOW)
    assert certificate_of(world.agent, now=NOW) is None


def test_a_certificate_about_another_key_is_refused(world: World) -> None:
    key = world.offer_keys()
    world.certify(key)
    about_older = world.certificate_for(key)
    newer = world.offer_keys()

    with pytest.raises(keys.CertificateWrong):
        keys.certify(
            key=newer,
            certificate=about_older,
            actor=OPERATOR,
            now=NOW,
        )


def test_a_revoked_key_is_no_longer_given_out(world: World) -> None:
    key = world.offer_keys()
    world.certify(key)

    keys.revoke(key=key, actor=OPERATOR, now=NOW)
    keys.revoke(key=key, actor=OPERATOR, now=NOW)

    verbs = [entry.verb for entry in entries_about("agent", str(world.agent.pk))]
    assert verbs == ["added", "keys_offered", "keys_certified", "keys_revoked"]
    assert certificate_of(world.agent, now=NOW) is None
    assert recipients_of(world.agent, now=NOW) == set()


def test_the_recovery_recipient_is_certified_by_the_root_too(world: World) -> None:
    recipient = new_recipient()
    body = recovery_body(world.partner.slug, recipient, now=NOW)
    certificate = make_certificate(body, root_private_key=world.root)

    keys.certify_recovery(partner=world.partner, certificate=certificate, actor=OPERATOR, now=NOW)

    world.agent.partner.refresh_from_db()
    assert recipients_of(world.agent, now=NOW) == {recipient}


def test_an_agents_certificate_is_no_recovery_certificate(world: World) -> None:
    certificate = world.certificate_for(world.offer_keys())

    with pytest.raises(keys.CertificateWrong):
        keys.certify_recovery(
            partner=world.partner, certificate=certificate, actor=OPERATOR, now=NOW
        )


def test_another_root_does_not_replace_the_first(world: World) -> None:
    with pytest.raises(keys.RootDiffers):
        keys.register_root(
            partner=world.partner,
            public_key=public_key_of(new_private_key()),
            actor=OPERATOR,
            now=NOW,
        )
    assert Partner.objects.get(pk=world.partner.pk).root_public_key == public_key_of(world.root)


def test_kiosks_are_told_every_root(world: World) -> None:
    assert [(root.partner, root.public_key) for root in roots()] == [
        ("allocations", public_key_of(world.root))
    ]


def test_an_altered_certificate_is_not_read(world: World) -> None:
    body = CertificateBody(
        kind="agent",
        partner="allocations",
        holder="x",
        recipient="x",
        verify_key=None,
        not_before=0,
        not_after=1,
        serial="1",
    )
    good = make_certificate(body, root_private_key=world.root)
    altered = type(good)(body=good.body[:-2] + "AA", signature=good.signature)

    assert read_certificate(good, root_public_key=public_key_of(world.root)) == body
    assert read_certificate(altered, root_public_key=public_key_of(world.root)) is None


def _offer_again(world: World, key: AgentKey, now: datetime) -> None:
    keys.offer_keys(
        agent=world.agent,
        recipient=key.recipient,
        verify_key=key.verify_key,
        proof=key.proof,
        now=now,
    )


def test_a_certificate_that_ends_soon_is_renewed_for_the_same_keys(world: World) -> None:
    key = world.offer_keys()
    world.certify(key, now=NOW)
    early, late = NOW + timedelta(days=300), NOW + timedelta(days=340)

    _offer_again(world, key, early)
    assert pending_keys(world.partner) == []
    assert keys_to_renew(world.agent, now=early) is None
    _offer_again(world, key, late)
    _offer_again(world, key, late)

    assert pending_keys(world.partner) == [key]
    assert keys_to_renew(world.agent, now=late) == NOW + timedelta(days=365)
    first = certificate_of(world.agent, now=late)
    assert first is not None
    world.certify(key, now=late)
    assert certificate_of(world.agent, now=late) != first
    assert pending_keys(world.partner) == []
    assert keys_to_renew(world.agent, now=late) is None
    verbs = [entry.verb for entry in entries_about("agent", str(world.agent.pk))]
    assert verbs == ["added", "keys_offered", "keys_certified", "renewal_asked", "keys_certified"]


def test_a_certificate_that_has_ended_counts_no_more_and_is_said_to_have(world: World) -> None:
    key = world.offer_keys()
    world.certify(key, now=NOW)
    before, after = NOW + timedelta(days=364), NOW + timedelta(days=365)

    assert keys_state(world.agent, now=before) == "certified"
    assert recipients_of(world.agent, now=before) == {key.recipient}
    assert keys_state(world.agent, now=after) == "expired"
    assert recipients_of(world.agent, now=after) == set()
    assert certificate_of(world.agent, now=after) is None
    _offer_again(world, key, after)
    world.certify(key, now=after)
    assert keys_state(world.agent, now=after) == "certified"


def test_an_older_certificate_does_not_take_the_place_of_a_newer_one(world: World) -> None:
    key = world.offer_keys()
    older = world.certificate_for(key)
    world.certify(key, now=NOW + timedelta(days=1))
    newer = certificate_of(world.agent, now=NOW)

    changed = keys.certify(key=key, certificate=older, actor=OPERATOR, now=NOW)

    assert not changed
    assert certificate_of(world.agent, now=NOW) == newer
