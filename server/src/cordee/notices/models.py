"""What people are told: one row a message, written with what it tells of, sent by a job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cordee.notices.rules import Channel, NoticeState


class Notice(models.Model):
    """One message to one person.

    `key` says what it is about (`appointment 12 confirmed`), so that it exists once; it is also
    handed to the gateway, which then takes a repeated hand-over for the same message. `to` is an
    address or a telephone number, empty for a slip. It is not sent before `due_at`, nor after
    `useless_at`. `next_at` is the next attempt; `trouble` says why the last one failed. One that
    `is_taken_back` while it is on its way is not tried again. A text message with a `quiet_zone`
    (IANA) keeps the quiet hours there (`rules.Quiet`), unless the morning is not before
    `wait_before_at` or the person is `awake_until_at`.
    """

    key = models.CharField(max_length=120, unique=True)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    channel = models.CharField(
        max_length=8, choices=[(channel.value, channel.value) for channel in Channel]
    )
    to = models.CharField(max_length=254, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    calendar = models.TextField(blank=True)
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in NoticeState],
        default=NoticeState.WAITING,
    )
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useless_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_taken_back = models.BooleanField(default=False)
    quiet_zone = models.CharField(max_length=64, blank=True)
    wait_before_at = models.DateTimeField(null=True)
    awake_until_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=120, blank=True)

    class Meta:
        """Found by what it is about."""

        indexes: ClassVar = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        """Return what it is about, never whom it goes to."""
        return self.key
