"""Reading what people were told."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from cordee.notices.models import Notice
from cordee.notices.rules import Channel, NoticeState


def about(subject_kind: str, subject_id: str) -> list[Notice]:
    """Return every notice about a subject, oldest first."""
    found = Notice.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(found.order_by("written_at", "pk"))


def with_keys(
    subject_kind: str, subject_ids: Collection[str], *, part: str
) -> dict[str, list[Notice]]:
    """Return the notices about each subject whose key contains `part`, as they were written.

    In any state; subjects without any are not named.
    """
    found = Notice.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids)
    notices: dict[str, list[Notice]] = {}
    for notice in found.filter(key__contains=part).order_by("pk"):
        notices.setdefault(notice.subject_id, []).append(notice)
    return notices


def failed_about(subject_kind: str) -> list[Notice]:
    """Return the notices about subjects of a kind that did not go out, for the desk to tell."""
    found = Notice.objects.filter(subject_kind=subject_kind, state=NoticeState.FAILED)
    return list(found.order_by("written_at", "pk"))


def told_by_hand(
    subject_kind: str, subject_ids: list[str], *, changes: tuple[str, ...]
) -> list[Notice]:
    """Return what a person has to pass on: what failed, and slips whose key has one of `changes`.

    Oldest first. What somebody has passed on (`services.pass_on`) no longer counts.
    """
    is_change = Q(pk__in=[])
    for word in changes:
        is_change |= Q(key__contains=word)
    about_them = Notice.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids)
    found = about_them.filter(Q(state=NoticeState.FAILED) | Q(is_change, channel=Channel.SLIP))
    found = found.exclude(state=NoticeState.DROPPED)
    return list(found.order_by("written_at", "pk"))
