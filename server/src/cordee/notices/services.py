"""Writing notices with what they tell of, and keeping count of their way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from cordee.notices.models import Notice
from cordee.notices.rules import (
    KEEP_DAYS,
    LEASE_S,
    SMS_LENGTH,
    Channel,
    NoticeState,
    Quiet,
    next_attempt,
    plain_sms,
    sms_length,
)

_OPEN = (NoticeState.WAITING, NoticeState.SENDING)
_BY_HAND = Q(state=NoticeState.FAILED) | Q(channel=Channel.SLIP)


def write(
    *,
    key: str,
    subject_kind: str,
    subject_id: str,
    channel: Channel,
    to: str,
    text: str,
    title: str = "",
    calendar: str = "",
    due_at: datetime,
    useless_at: datetime | None = None,
    quiet: Quiet | None = None,
    now: datetime,
) -> Notice:
    """Return the notice with this key, written when it is new.

    Belongs into the transaction of what it tells of. `calendar` is an iCalendar text that goes
    with a mail. A text message is made plain (GSM 7-bit); one that is longer than one message
    raises ValueError, a defect of its template; whatever delays it, it leaves outside the `quiet`
    hours. A slip is there at once: nothing sends it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A notice belongs to the transaction of what it tells of.")
    if channel is Channel.SMS:
        text = plain_sms(text)
        if sms_length(text) > SMS_LENGTH:
            raise ValueError(f"{sms_length(text)} characters do not fit one text message: {key}")
    return Notice.objects.get_or_create(
        key=key,
        defaults={
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "channel": channel,
            "to": to,
            "title": title,
            "text": text,
            "calendar": calendar,
            "state": NoticeState.SENT if channel is Channel.SLIP else NoticeState.WAITING,
            "sent_at": now if channel is Channel.SLIP else None,
            "written_at": now,
            "due_at": due_at,
            "next_at": due_at,
            "useless_at": useless_at,
            "quiet_zone": quiet.zone.key if quiet else "",
            "wait_before_at": quiet.before if quiet else None,
            "awake_until_at": quiet.awake_until if quiet else None,
        },
    )[0]


def drop(*, subject_kind: str, subject_id: str, keys_with: str = "") -> int:
    """Take back what was not told yet about a subject; return how many.

    That is what waits, what failed, and slips that nobody has passed on. `keys_with` limits it to
    keys that contain this. What is on its way at this moment still goes, but is not tried again.
    """
    about = Notice.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    untold = about.filter(Q(state__in=_OPEN) | _BY_HAND)
    untold = untold.exclude(state=NoticeState.DROPPED).filter(key__contains=keys_with)
    # In one statement: a worker may claim one, or note that it failed, at this moment.
    is_going = Q(state=NoticeState.SENDING)
    return untold.update(
        state=Case(
            When(is_going, then=Value(NoticeState.SENDING)), default=Value(NoticeState.DROPPED)
        ),
        is_taken_back=Case(When(is_going, then=Value(True)), default=F("is_taken_back")),
    )


def take_up(*, subject_kind: str, subject_id: str, keys_with: str, now: datetime) -> int:
    """Wait again with what was dropped and is not due yet; return how many."""
    dropped = Notice.objects.filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        state=NoticeState.DROPPED,
        due_at__gt=now,
        key__contains=keys_with,
    )
    return dropped.update(state=NoticeState.WAITING, is_taken_back=False)


def pass_on(*, subject_kind: str, subject_id: str, to: str) -> int:
    """Note that a person was told by somebody: nothing of it is left to tell; return how many."""
    theirs = Notice.objects.filter(subject_kind=subject_kind, subject_id=subject_id, to=to)
    return theirs.filter(_BY_HAND).update(state=NoticeState.DROPPED)


def claim(*, now: datetime) -> Notice | None:
    """Take the next due notice for sending, or None when nothing is due.

    Two workers never get the same one; one whose worker died comes again after the lease. A text
    message that keeps the quiet hours is put off to the morning.
    """
    due = Notice.objects.filter(state__in=_OPEN, next_at__lte=now).order_by("next_at", "pk")
    while (notice := due.first()) is not None:
        mine = Notice.objects.filter(
            pk=notice.pk, attempts=notice.attempts, state=notice.state, next_at=notice.next_at
        )
        if notice.is_taken_back:
            mine.update(state=NoticeState.DROPPED)
            continue
        if notice.useless_at is not None and notice.useless_at <= now:
            mine.update(state=NoticeState.FAILED, trouble="too_late")
            continue
        if (morning := _quiet_until(notice, now)) > now:
            mine.update(state=NoticeState.WAITING, next_at=morning)
            continue
        lease = now + timedelta(seconds=LEASE_S)
        changed = mine.filter(is_taken_back=False).update(
            state=NoticeState.SENDING, attempts=notice.attempts + 1, next_at=lease
        )
        if changed:
            notice.refresh_from_db()
            return notice
    return None


def sent(*, notice: Notice, now: datetime) -> None:
    """Note that the next hop has taken it."""
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=now, trouble="")


def failed(*, notice: Notice, trouble: str, is_final: bool, now: datetime) -> None:
    """Note why it did not go out; it is tried again later unless that is of no use.

    What was taken back meanwhile ends here. A text message that keeps the quiet hours is not tried
    in them.
    """
    again = None if is_final else next_attempt(notice.attempts, now)
    again = again and _quiet_until(notice, again)
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts)
    mine.filter(is_taken_back=True).update(state=NoticeState.DROPPED, trouble=trouble[:120])
    mine = mine.filter(is_taken_back=False)
    if again is None:
        mine.update(state=NoticeState.FAILED, trouble=trouble[:120])
    else:
        mine.update(state=NoticeState.WAITING, trouble=trouble[:120], next_at=again)


def _quiet_until(notice: Notice, at: datetime) -> datetime:
    """Return when a notice that could go out at `at` does."""
    is_text = notice.channel == Channel.SMS and notice.quiet_zone
    if not is_text or notice.wait_before_at is None:
        return at
    zone = ZoneInfo(notice.quiet_zone)
    return Quiet(zone, notice.wait_before_at, notice.awake_until_at).wait(at)


def purge(*, now: datetime) -> int:
    """Remove the notices that are over and old; return how many."""
    over = Notice.objects.exclude(state__in=_OPEN)
    old = Q(written_at__lt=now - timedelta(days=KEEP_DAYS), due_at__lt=now)
    return over.filter(old).delete()[0]
