"""A site's closure and what was promised in it: one change of both."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.appointments import cascade
from cordee.appointments.outages import cause_of
from cordee.journal.rules import Actor
from cordee.territory import services as territory
from cordee.territory.models import SiteClosure


@transaction.atomic
def reopen_site(*, closure: SiteClosure, actor: Actor, now: datetime) -> None:
    """Take a closure back; whom it touched are told that their appointment stands.

    Twice changes nothing.
    """
    cause = cause_of(closure)
    territory.reopen_site(closure=closure, actor=actor, now=now)
    cascade.withdraw(cause=cause, period=None, now=now)
