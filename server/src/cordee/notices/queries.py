"""Reading what people were told."""

from __future__ import annotations

from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState


def about(subject_kind: str, subject_id: str) -> list[Notice]:
    """Return every notice about a subject, oldest first."""
    found = Notice.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(found.order_by("written_at", "pk"))


def failed_about(subject_kind: str, subject_ids: list[str]) -> list[Notice]:
    """Return the notices about these subjects that did not go out, for the desk to tell."""
    found = Notice.objects.filter(
        subject_kind=subject_kind, subject_id__in=subject_ids, state=NoticeState.FAILED
    )
    return list(found.order_by("written_at", "pk"))
