"""Kiosks: naming, enrolling, revoking, coming and going."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from cordee.fleet.models import EnrolmentCode, Kiosk, KioskOutage
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


class KioskNotEnrolled(Refusal):
    """A kiosk that was never enrolled, or was revoked, receives nobody anyway."""

    code = "kiosk_not_enrolled"
    message = "Cette borne n’est pas inscrite : elle ne reçoit personne."


class KioskOutageOver(Refusal):
    """An outage that has already ended would change nothing. The person gives a later end."""

    code = "kiosk_outage_over"
    message = "Cette fin est déjà passée. Donnez une fin à venir."


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
def put_out_of_service(
    *, kiosk: Kiosk, ends_at: datetime | None, actor: Actor, now: datetime
) -> KioskOutage:
    """Say that a kiosk does not work, from now until `ends_at`; None: until it is put back.

    One that is out already keeps its beginning and takes the new end; the same end twice is once.
    Whom it touches is dealt with above (`appointments.kiosk_outages`). Raises KioskNotEnrolled or
    KioskOutageOver; then nothing is written.
    """
    if ends_at is not None and ends_at <= now:
        raise KioskOutageOver
    # One after the other, so that a kiosk is never out twice.
    if Kiosk.objects.select_for_update().enrolled().filter(pk=kiosk.pk).first() is None:
        raise KioskNotEnrolled
    found = KioskOutage.objects.select_for_update().at(now).filter(kiosk=kiosk).first()
    if found is not None and found.ends_at == ends_at:
        return found
    if found is None:
        found = KioskOutage(kiosk=kiosk, starts_at=now)
    found.ends_at = ends_at
    found.save()
    record(
        at=now,
        actor=actor,
        verb="kiosk_out_of_service",
        object_kind="kiosk",
        object_id=kiosk.public_id,
        detail={"ends_at": ends_at.isoformat() if ends_at else ""},
    )
    return found


@transaction.atomic
def put_back(*, outage: KioskOutage, actor: Actor, now: datetime) -> None:
    """Say that the kiosk works again. Twice changes nothing."""
    ended, _ = KioskOutage.objects.filter(pk=outage.pk).delete()
    if ended:
        record(
            at=now,
            actor=actor,
            verb="kiosk_back_in_service",
            object_kind="kiosk",
            object_id=outage.kiosk.public_id,
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
