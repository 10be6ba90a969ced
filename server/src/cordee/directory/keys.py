"""Partners' roots and agents' keys: offered by the agent, certified offline, never private here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.db import transaction

from cordee.directory.models import Agent, AgentKey, Partner
from cordee.directory.rules import KeyState, is_recipient, is_renewal_due, read_certificate
from cordee.journal.rules import Actor, user
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import is_public_key, is_signed
from cordee_wire.signed import Certificate, key_proof_payload


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
    offer twice changes nothing, unless the certificate ends soon: then the root is asked for the
    next one. Raises KeyMalformed or KeyNotHeld.
    """
    if not is_recipient(recipient) or not is_public_key(verify_key):
        raise KeyMalformed
    payload = key_proof_payload(agent.label, recipient, verify_key)
    if not is_signed(public_key=verify_key, signature=proof, payload=payload):
        raise KeyNotHeld
    # Offers of one agent come one after the other.
    Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)
    known = AgentKey.objects.filter(agent=agent, recipient=recipient).first()
    if known is not None:
        if known.verify_key != verify_key or known.state == KeyState.REVOKED:
            raise KeyMalformed
        return _offered_again(known, proof=proof, now=now)
    AgentKey.objects.filter(agent=agent, state=KeyState.PENDING).update(state=KeyState.REVOKED)
    key = AgentKey.objects.create(
        agent=agent, recipient=recipient, verify_key=verify_key, proof=proof, offered_at=now
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


def _offered_again(key: AgentKey, *, proof: str, now: datetime) -> AgentKey:
    if not key.proof:
        # Offered before proofs were kept: the root signs nothing without one.
        key.proof = proof
        key.save(update_fields=["proof"])
    is_due = key.state == KeyState.CERTIFIED and is_renewal_due(key.expires_at, now=now)
    if is_due and key.renewal_asked_at is None:
        key.renewal_asked_at = now
        key.save(update_fields=["renewal_asked_at"])
        record(
            at=now,
            actor=user(key.agent.user_id),
            verb="renewal_asked",
            object_kind="agent",
            object_id=str(key.agent_id),
            detail={"key": key.pk},
        )
    return key


@transaction.atomic
def import_certificates(
    *, partner: Partner, certificates: Iterable[Certificate], actor: Actor, now: datetime
) -> int:
    """Take in what the partner's root has signed; return how many were new.

    All or nothing: raises CertificateWrong, or KeyMalformed for a recovery recipient.
    """
    taken = 0
    for certificate in certificates:
        body = read_certificate(certificate, root_public_key=partner.root_public_key)
        if body is None or body.partner != partner.slug:
            raise CertificateWrong
        if body.kind == "recovery":
            certify_recovery(partner=partner, certificate=certificate, actor=actor, now=now)
            taken += 1
            continue
        key = AgentKey.objects.select_related("agent__partner").filter(
            agent__partner=partner, agent__label=body.holder, recipient=body.recipient
        )
        found = key.first()
        if found is None:
            raise CertificateWrong
        taken += certify(key=found, certificate=certificate, actor=actor, now=now)
    return taken


@transaction.atomic
def certify(*, key: AgentKey, certificate: Certificate, actor: Actor, now: datetime) -> bool:
    """Put an agent's key in use with the certificate that the partner's root made, or renew it.

    The keys that it replaces stay readable as what pages were sealed to, but are no longer given
    to kiosks. Returns whether anything changed: a certificate older than the one in use, or about a
    revoked key, changes nothing. Raises CertificateWrong.
    """
    agent = key.agent
    body = read_certificate(certificate, root_public_key=agent.partner.root_public_key)
    expected = ("agent", agent.partner.slug, agent.label, key.recipient, key.verify_key)
    found = body and (body.kind, body.partner, body.holder, body.recipient, body.verify_key)
    if body is None or found != expected:
        raise CertificateWrong
    expires_at = datetime.fromtimestamp(body.not_after, UTC)
    locked = AgentKey.objects.select_for_update().get(pk=key.pk)
    is_renewal = locked.state == KeyState.CERTIFIED
    if locked.state == KeyState.REVOKED or expires_at <= now:
        return False
    if is_renewal and locked.expires_at is not None and expires_at <= locked.expires_at:
        return False
    AgentKey.objects.filter(pk=key.pk).update(
        state=KeyState.CERTIFIED,
        certificate=msgspec.to_builtins(certificate),
        certified_at=now,
        expires_at=expires_at,
        renewal_asked_at=None,
    )
    record(
        at=now,
        actor=actor,
        verb="keys_certified",
        object_kind="agent",
        object_id=str(agent.pk),
        detail={"key": key.pk, "renewal": is_renewal},
    )
    return True


@transaction.atomic
def revoke(*, key: AgentKey, actor: Actor, now: datetime) -> None:
    """Take an agent's key out of use: it leaves the kiosks' agendas, and they refuse it.

    A key that is revoked already stays so, without a second entry.
    """
    in_use = AgentKey.objects.filter(pk=key.pk).exclude(state=KeyState.REVOKED)
    if not in_use.update(state=KeyState.REVOKED, renewal_asked_at=None):
        return
    record(
        at=now,
        actor=actor,
        verb="keys_revoked",
        object_kind="agent",
        object_id=str(key.agent_id),
        detail={"key": key.pk},
    )


@transaction.atomic
def revoke_all(*, agent: Agent, actor: Actor, now: datetime) -> int:
    """Take every key of an agent out of use, offered ones too; return how many there were."""
    found = AgentKey.objects.filter(agent=agent).exclude(state=KeyState.REVOKED)
    in_use = list(found.order_by("id"))
    for key in in_use:
        revoke(key=key, actor=actor, now=now)
    return len(in_use)


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
