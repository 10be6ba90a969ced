"""Sealed pages: offered, received piece by piece, acknowledged, purged."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from cordee.directory.queries import recipients_of
from cordee.documents import files
from cordee.documents.models import SealedPage
from cordee.documents.rules import (
    ACKNOWLEDGED_KEPT_S,
    AGE_MAGIC,
    CHUNK_LIMIT_BYTES,
    KEPT_S,
    OFFERED_WITHIN_S,
    PAGE_LIMIT_BYTES,
    VISIT_LIMIT_BYTES,
    VISIT_PAGES_LIMIT,
    PageState,
    is_sealed,
)
from cordee.fleet.models import Kiosk
from cordee.journal import rules as journal
from cordee.journal.rules import SYSTEM, Actor
from cordee.journal.services import record
from cordee.kernel.ids import is_hex
from cordee.kernel.refusal import Refusal
from cordee.visits.models import Visit
from cordee_wire.http import PageOffered

_SHA256 = re.compile(r"[0-9a-f]{64}")


class PageElsewhere(Refusal):
    """The page or its visit is another kiosk's, or unknown."""

    code = "not_yours"
    message = "Cette page n’appartient pas à un rendez-vous de cette borne."


class PageMalformed(Refusal):
    """The offer has no readable name, digest or size."""

    code = "page_malformed"
    message = "L’annonce de la page n’est pas lisible."


class PageTooLarge(Refusal):
    """More than 30 MB. The page is scanned again with less detail."""

    code = "page_too_large"
    message = "Cette page dépasse 30 Mo. Numérisez-la de nouveau avec moins de détail."


class VisitFull(Refusal):
    """The visit has brought 200 pages or 1 GB. What is left is brought at another visit."""

    code = "visit_full"
    message = "Ce rendez-vous a déjà 200 pages, ou 1 Go : la suite se numérise à un autre."


class VisitOver(Refusal):
    """The visit ended more than a week ago. The page is scanned again at another visit."""

    code = "visit_over"
    message = "Ce rendez-vous est fini depuis plus d’une semaine : ses pages ne sont plus prises."


class WrongRecipient(Refusal):
    """The page is sealed to someone else than the visit's agent and their recovery key."""

    code = "wrong_recipient"
    message = "Cette page est scellée pour une autre personne : elle n’est pas gardée."


class NotSealed(Refusal):
    """What arrives is no age file: not one byte of it is kept."""

    code = "not_sealed"
    message = "Ce fichier n’est pas scellé : le serveur ne garde que des pages scellées."


class ChunkTooLarge(Refusal):
    """More than 262,144 bytes at once, or more than was announced."""

    code = "chunk_too_large"
    message = "Ce morceau est trop grand."


class OffsetDiffers(Refusal):
    """The server holds another number of bytes: the kiosk goes on from `page.offset`."""

    code = "offset_differs"
    message = "Le serveur n’en est pas à ce point de la page."

    def __init__(self, page: SealedPage) -> None:
        """Keep the page, which says how much there is."""
        super().__init__()
        self.page = page


class DigestWrong(Refusal):
    """All bytes came, but not those announced: the page starts again at 0."""

    code = "digest_wrong"
    message = "La page est arrivée abîmée. Elle est envoyée de nouveau depuis le début."

    def __init__(self, page: SealedPage) -> None:
        """Keep the page, which is back at 0."""
        super().__init__()
        self.page = page


@transaction.atomic
def offer(*, kiosk: Kiosk, offered: PageOffered, now: datetime) -> SealedPage:
    """Announce a page. The same announcement twice returns the page as it stands.

    Raises PageMalformed, PageTooLarge, PageElsewhere, VisitOver, VisitFull or WrongRecipient.
    """
    if not is_hex(offered.page) or not _SHA256.fullmatch(offered.sha256):
        raise PageMalformed
    if offered.size_bytes <= len(AGE_MAGIC):
        raise PageMalformed
    if offered.size_bytes > PAGE_LIMIT_BYTES:
        raise PageTooLarge
    # Offers of one visit come one after the other: they are counted.
    visits = Visit.objects.select_for_update(of=("self",))
    visits = visits.select_related("appointment__agent__partner")
    visit = visits.filter(public_id=offered.visit, appointment__kiosk=kiosk).first()
    if visit is None:
        raise PageElsewhere
    known = SealedPage.objects.filter(public_id=offered.page).first()
    if known is not None:
        if (known.visit_id, known.sha256) != (visit.pk, offered.sha256):
            raise PageElsewhere
        if known.state == PageState.PURGED and known.received_at is None:
            raise VisitOver
        return known
    _check_room(visit, offered.size_bytes, now)
    recipients = set(offered.recipients)
    if not recipients or not recipients <= recipients_of(
        visit.appointment.agent,
        # A page sealed in time may arrive after the end of the certificate.
        now=min(now, visit.appointment.starts_at),
    ):
        raise WrongRecipient
    try:
        with transaction.atomic():
            page = SealedPage.objects.create(
                public_id=offered.page,
                visit=visit,
                recipients=sorted(recipients),
                size_bytes=offered.size_bytes,
                sha256=offered.sha256,
                offered_at=now,
            )
    except IntegrityError as error:
        # The name came at the same instant for another visit.
        raise PageElsewhere from error
    _note(page, "page_offered", journal.kiosk(kiosk.public_id), now)
    return page


def _check_room(visit: Visit, size_bytes: int, now: datetime) -> None:
    if now > visit.appointment.ends_at + timedelta(seconds=OFFERED_WITHIN_S):
        raise VisitOver
    brought = SealedPage.objects.filter(visit=visit).aggregate(
        pages=Count("pk"), size_bytes=Sum("size_bytes", default=0)
    )
    if brought["pages"] >= VISIT_PAGES_LIMIT:
        raise VisitFull
    if brought["size_bytes"] + size_bytes > VISIT_LIMIT_BYTES:
        raise VisitFull


def append(*, kiosk: Kiosk, page_id: str, offset: int, chunk: bytes, now: datetime) -> SealedPage:
    """Add the bytes that follow `offset`, and close the page when it is whole.

    Raises PageElsewhere, ChunkTooLarge, NotSealed, OffsetDiffers or DigestWrong.
    """
    page, is_damaged = _appended(kiosk=kiosk, page_id=page_id, offset=offset, chunk=chunk, now=now)
    if is_damaged:
        # Raised outside the transaction: the page's return to 0 must last.
        raise DigestWrong(page)
    return page


@transaction.atomic
def _appended(
    *, kiosk: Kiosk, page_id: str, offset: int, chunk: bytes, now: datetime
) -> tuple[SealedPage, bool]:
    page = SealedPage.objects.select_for_update().filter(public_id=page_id).first()
    if page is None or page.visit.appointment.kiosk_id != kiosk.pk:
        raise PageElsewhere
    if page.state != PageState.ARRIVING or page.offset != offset:
        raise OffsetDiffers(page)
    end = offset + len(chunk)
    if len(chunk) > CHUNK_LIMIT_BYTES or end > page.size_bytes:
        raise ChunkTooLarge
    if offset == 0 and not is_sealed(chunk):
        raise NotSealed
    files.write(page_id, offset=offset, chunk=chunk)
    page.offset, page.appended_at = end, now
    is_damaged = False
    if end == page.size_bytes:
        is_damaged = files.digest(page_id) != page.sha256
        if is_damaged:
            page.offset, page.appended_at = 0, None
            files.remove(page_id)
        else:
            page.state = PageState.WHOLE
            page.received_at = now
            files.settle(page_id)
        verb = "page_damaged" if is_damaged else "page_received"
        _note(page, verb, journal.kiosk(kiosk.public_id), now)
    page.save(update_fields=["offset", "state", "appended_at", "received_at"])
    return page, is_damaged


@transaction.atomic
def fetch(*, page: SealedPage, actor: Actor, now: datetime) -> bytes | None:
    """Return the sealed bytes and write down who took them; None when they are gone."""
    sealed = files.read(page.public_id)
    if sealed is not None:
        _note(page, "page_fetched", actor, now)
    return sealed


@transaction.atomic
def acknowledge(*, page: SealedPage, actor: Actor, now: datetime) -> None:
    """Write down that the agent has opened the page; it will leave the server soon."""
    whole = SealedPage.objects.filter(pk=page.pk, state=PageState.WHOLE)
    if whole.update(state=PageState.ACKNOWLEDGED, acknowledged_at=now):
        _note(page, "page_acknowledged", actor, now)


def purge(*, now: datetime) -> int:
    """Remove every page that is due, and files that no page knows; return how many pages went.

    The file goes first: a page may be said to be gone only when it is. Of a page that has stopped
    arriving the part that came goes; the kiosk still has the page, and may send it for a week.
    """
    _empty_stalled(now)
    due = SealedPage.objects.all().due(
        offered_before=now - timedelta(seconds=OFFERED_WITHIN_S),
        received_before=now - timedelta(seconds=KEPT_S),
        acknowledged_before=now - timedelta(seconds=ACKNOWLEDGED_KEPT_S),
    )
    gone = 0
    for page in due:
        with transaction.atomic():
            locked = SealedPage.objects.select_for_update().kept().filter(pk=page.pk).first()
            if locked is None:
                continue
            files.remove(locked.public_id)
            locked.state = PageState.PURGED
            locked.purged_at = now
            locked.save(update_fields=["state", "purged_at"])
            _note(locked, "page_purged", SYSTEM, now)
        gone += 1
    _sweep()
    return gone


def _empty_stalled(now: datetime) -> None:
    before = now - timedelta(seconds=KEPT_S)
    for page in SealedPage.objects.all().stalled(appended_before=before):
        with transaction.atomic():
            stalled = SealedPage.objects.select_for_update().all().stalled(appended_before=before)
            locked = stalled.filter(pk=page.pk).first()
            if locked is None:
                continue
            files.remove(locked.public_id)
            locked.offset, locked.appended_at = 0, None
            locked.save(update_fields=["offset", "appended_at"])
            _note(locked, "page_emptied", SYSTEM, now)


def _sweep() -> None:
    # Files first: a page announced meanwhile must not look like a stray.
    stored = files.stored()
    kept = set(SealedPage.objects.kept().values_list("public_id", flat=True))
    for page_id in stored - kept:
        files.remove(page_id)


def _note(page: SealedPage, verb: str, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="page",
        object_id=page.public_id,
        detail={"visit": page.visit.public_id, "size_bytes": page.size_bytes},
    )
