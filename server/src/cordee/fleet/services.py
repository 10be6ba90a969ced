"""Kiosks: naming, enrolling, revoking, coming and going."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from cordee.fleet.models import EnrolmentCode, Kiosk
from cordee.fleet.rules import CODE_LASTS, SEEN_EVERY_S, code_hash
from cordee.journal import rules as journal
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.ids import new_code
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import is_public_key
from cordee.territory.models import Site


class KioskNameTaken(Refusal):
    """Another kiosk has this name."""

    code = "kiosk_name_taken"
    message = "Une borne porte déjà ce nom. Choisissez-en un autre."


class CodeWrong(Refusal):
    """No such code was ever given. The technician reads it again."""

    code = "code_wrong"
    message = "Ce code n’existe pas. Relisez-le : douze lettres et chiffres."


class CodeUsed(Refusal):
    """The code has already made a kiosk. The technician asks for another."""

    code = "code_used"
    message = "Ce code a déjà servi. Demandez-en un nouveau dans « Parc »."


class CodeExpired(Refusal):
    """The code is more than 15 minutes old, or a newer one took its place: ask for another."""

    code = "code_expired"
    message = (
        "Ce code a expiré : il valait 15 minutes, ou un plus récent l’a remplacé. "
        "Demandez-en un nouveau dans « Parc »."
    )


class KioskKeyMalformed(Refusal):
    """The box offered no Ed25519 key."""

    code = "key_malformed"
    message = "La clé de la borne n’est pas lisible. Relancez l’inscription."


@transaction.atomic
def add_kiosk(*, site: Site, name: str, actor: Actor, now: datetime) -> Kiosk:
    """Name a kiosk that will stand at a site. Raises KioskNameTaken."""
    try:
        with transaction.atomic():
            kiosk = Kiosk.objects.create(site=site, name=name)
    except IntegrityError as error:
        raise KioskNameTaken from error
    record(
        at=now,
        actor=actor,
        verb="kiosk_added",
        object_kind="kiosk",
        object_id=kiosk.public_id,
        detail={"site": site.pk},
    )
    return kiosk


@transaction.atomic
def issue_code(*, kiosk: Kiosk, actor: Actor, now: datetime) -> tuple[str, datetime]:
    """Return a new one-use code for the kiosk, and when it expires. Older codes end with it."""
    _end_codes(kiosk, now)
    code = new_code()
    expires_at = now + CODE_LASTS
    EnrolmentCode.objects.create(
        kiosk=kiosk, code_hash=code_hash(code), created_at=now, expires_at=expires_at
    )
    record(at=now, actor=actor, verb="code_issued", object_kind="kiosk", object_id=kiosk.public_id)
    return code, expires_at


@transaction.atomic
def enrol(*, code: str, public_key: str, now: datetime) -> Kiosk:
    """Give the box that holds the code its place in the fleet; its older key is worth nothing now.

    Raises CodeWrong, CodeUsed, CodeExpired or KioskKeyMalformed; then nothing is written.
    """
    if not is_public_key(public_key):
        raise KioskKeyMalformed
    found = EnrolmentCode.objects.select_for_update().filter(code_hash=code_hash(code)).first()
    if found is None:
        raise CodeWrong
    if found.used_at is not None:
        raise CodeUsed
    if not found.is_usable(now):
        raise CodeExpired
    EnrolmentCode.objects.filter(pk=found.pk).update(used_at=now)
    Kiosk.objects.filter(pk=found.kiosk_id).update(
        public_key=public_key, enrolled_at=now, revoked_at=None
    )
    kiosk = Kiosk.objects.select_related("site").get(pk=found.kiosk_id)
    record(
        at=now,
        actor=journal.kiosk(kiosk.public_id),
        verb="kiosk_enrolled",
        object_kind="kiosk",
        object_id=kiosk.public_id,
    )
    return kiosk


@transaction.atomic
def revoke(*, kiosk: Kiosk, actor: Actor, now: datetime) -> None:
    """Shut a kiosk out: neither its key nor a code given for it is taken any more.

    It comes back only by a code that is asked for afterwards.
    """
    # The codes first: a box that is enrolling holds its code, and is shut out after it.
    _end_codes(kiosk, now)
    Kiosk.objects.filter(pk=kiosk.pk).update(revoked_at=now)
    record(
        at=now, actor=actor, verb="kiosk_revoked", object_kind="kiosk", object_id=kiosk.public_id
    )


@transaction.atomic
def connect(*, kiosk: Kiosk, link: str, boot: str, version: str, now: datetime) -> None:
    """Write down that the kiosk is here, on the socket named `link`."""
    Kiosk.objects.filter(pk=kiosk.pk).update(
        link=link, boot=boot[:64], version=version[:40], connected_at=now, last_seen_at=now
    )
    record(
        at=now,
        actor=journal.kiosk(kiosk.public_id),
        verb="kiosk_connected",
        object_kind="kiosk",
        object_id=kiosk.public_id,
    )


@transaction.atomic
def disconnect(*, kiosk: Kiosk, link: str, now: datetime) -> None:
    """Write down that the kiosk has left, unless a newer socket holds it."""
    gone = Kiosk.objects.filter(pk=kiosk.pk, link=link)
    if gone.update(link="", connected_at=None):
        record(
            at=now,
            actor=journal.kiosk(kiosk.public_id),
            verb="kiosk_disconnected",
            object_kind="kiosk",
            object_id=kiosk.public_id,
        )


@transaction.atomic
def forget_links(*, now: datetime) -> None:
    """Write down that no kiosk is connected: the one server process has just started."""
    for kiosk in Kiosk.objects.exclude(link="").order_by("pk"):
        Kiosk.objects.filter(pk=kiosk.pk).update(link="", connected_at=None)
        record(
            at=now,
            actor=journal.SYSTEM,
            verb="kiosk_disconnected",
            object_kind="kiosk",
            object_id=kiosk.public_id,
            detail={"why": "server_started"},
        )


def note_sign_of_life(*, kiosk: Kiosk, now: datetime) -> None:
    """Write down that the kiosk was heard at `now`, at most every 20 seconds."""
    stale = now - timedelta(seconds=SEEN_EVERY_S)
    Kiosk.objects.filter(pk=kiosk.pk, last_seen_at__lt=stale).update(last_seen_at=now)


def _end_codes(kiosk: Kiosk, now: datetime) -> None:
    unused = EnrolmentCode.objects.filter(kiosk=kiosk, used_at=None, expires_at__gt=now)
    unused.update(expires_at=now)
