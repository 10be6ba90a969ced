"""Partners' roots and agents' keys: offered by the agent, certified offline, never private here."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from cordee.directory.models import Agent, AgentKey, Partner
from cordee.directory.rules import KeyState, is_recipient, read_certificate
from cordee.journal.rules import Actor, user
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import is_public_key, is_signed
from cordee_wire.signed import Certificate, CertificateBody, key_proof_payload

CERTIFIED_FOR = timedelta(days=365)
"""How long a certificate lasts; then the agent's key is certified again."""


class RootDiffers(Refusal):
    """The partner already has another root: changing it needs a person at each kiosk."""

    code = "root_differs"
    message = "Cette administration a déjà une autre clé racine : rien n’est changé."


class KeyMalformed(Refusal):
    """What was offered is no age recipient and Ed25519 key. The person makes the keys again."""

    code = "key_malformed"
    message = "Ces clés ne sont pas lisibles. Créez-les de nouveau."


class KeyNotHeld(Refusal):
    """The proof was not made with the offered key. The person makes the keys again."""

    code = "key_not_held"
    message = "La preuve ne correspond pas à la clé. Créez vos clés de nouveau."


class CertificateWrong(Refusal):
    """The certificate was not made by the partner's root, or is about something else."""

    code = "certificate_wrong"
    message = (
        "Ce certificat ne vient pas de la clé racine de l’administration, ou parle d’autre chose."
    )


@transaction.atomic
def register_root(*, partner: Partner, public_key: str, actor: Actor, now: datetime) -> None:
    """Write down the public half of a partner's root; the same one twice changes nothing.

    Raises RootDiffers or KeyMalformed.
    """
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    if locked.root_public_key == public_key:
        return
    if locked.root_public_key:
        raise RootDiffers
    if not is_public_key(public_key):
        raise KeyMalformed
    Partner.objects.filter(pk=partner.pk).update(root_public_key=public_key)
    record(
        at=now, actor=actor, verb="root_registered", object_kind="partner", object_id=partner.slug
    )


@transaction.atomic
def offer_keys(
    *, agent: Agent, recipient: str, verify_key: str, proof: str, now: datetime
) -> AgentKey:
    """Keep the public keys that the agent's browser made, until the root certifies them.

    An older offer that still waits is replaced; certified keys stay in use until then. The same
    offer twice changes nothing. Raises KeyMalformed or KeyNotHeld.
    """
    if not is_recipient(recipient) or not is_public_key(verify_key):
        raise KeyMalformed
    payload = key_proof_payload(agent.label, recipient, verify_key)
    if not is_signed(public_key=verify_key, signature=proof, payload=payload):
        raise KeyNotHeld
    known = AgentKey.objects.filter(agent=agent, recipient=recipient).first()
    if known is not None:
        if known.verify_key != verify_key or known.state == KeyState.REVOKED:
            raise KeyMalformed
        return known
    AgentKey.objects.filter(agent=agent, state=KeyState.PENDING).update(state=KeyState.REVOKED)
    key = AgentKey.objects.create(
        agent=agent, recipient=recipient, verify_key=verify_key, offered_at=now
    )
    record(
        at=now,
        actor=user(agent.user_id),
        verb="keys_offered",
        object_kind="agent",
        object_id=str(agent.pk),
        detail={"key": key.pk},
    )
    return key


@transaction.atomic
def certify(*, key: AgentKey, certificate: Certificate, actor: Actor, now: datetime) -> None:
    """Put an agent's key in use with the certificate that the partner's root made.

    The keys that it replaces stay readable as what pages were sealed to, but are no longer given
    to kiosks. Raises CertificateWrong.
    """
    agent = key.agent
    body = read_certificate(certificate, root_public_key=agent.partner.root_public_key)
    expected = ("agent", agent.partner.slug, agent.label, key.recipient, key.verify_key)
    found = body and (body.kind, body.partner, body.holder, body.recipient, body.verify_key)
    if found != expected:
        raise CertificateWrong
    is_pending = AgentKey.objects.filter(pk=key.pk, state=KeyState.PENDING)
    if not is_pending.update(
        state=KeyState.CERTIFIED,
        certificate=msgspec.to_builtins(certificate),
        certified_at=now,
    ):
        return
    record(
        at=now,
        actor=actor,
        verb="keys_certified",
        object_kind="agent",
        object_id=str(agent.pk),
        detail={"key": key.pk},
    )


@transaction.atomic
def revoke(*, key: AgentKey, actor: Actor, now: datetime) -> None:
    """Take an agent's key out of use: kiosks no longer get its certificate."""
    AgentKey.objects.filter(pk=key.pk).update(state=KeyState.REVOKED)
    record(
        at=now,
        actor=actor,
        verb="keys_revoked",
        object_kind="agent",
        object_id=str(key.agent_id),
        detail={"key": key.pk},
    )


@transaction.atomic
def certify_recovery(
    *, partner: Partner, certificate: Certificate, actor: Actor, now: datetime
) -> None:
    """Write down the partner's recovery recipient, certified by its root.

    Raises CertificateWrong or KeyMalformed.
    """
    body = read_certificate(certificate, root_public_key=partner.root_public_key)
    if body is None or (body.kind, body.partner) != ("recovery", partner.slug):
        raise CertificateWrong
    if not is_recipient(body.recipient):
        raise KeyMalformed
    Partner.objects.filter(pk=partner.pk).update(
        recovery_certificate=msgspec.to_builtins(certificate)
    )
    record(
        at=now,
        actor=actor,
        verb="recovery_certified",
        object_kind="partner",
        object_id=partner.slug,
    )


def body_for(key: AgentKey, *, serial: str, now: datetime) -> CertificateBody:
    """Return what the root is asked to sign about an agent's key."""
    return CertificateBody(
        kind="agent",
        partner=key.agent.partner.slug,
        holder=key.agent.label,
        recipient=key.recipient,
        verify_key=key.verify_key,
        not_before=now.timestamp(),
        not_after=(now + CERTIFIED_FOR).timestamp(),
        serial=serial,
    )


def recovery_body(
    partner: Partner, recipient: str, *, serial: str, now: datetime
) -> CertificateBody:
    """Return what the root is asked to sign about its partner's recovery recipient."""
    return CertificateBody(
        kind="recovery",
        partner=partner.slug,
        holder=partner.label,
        recipient=recipient,
        verify_key=None,
        not_before=now.timestamp(),
        not_after=(now + 10 * CERTIFIED_FOR).timestamp(),
        serial=serial,
    )
