"""What a line of a page says about a visit or a kiosk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cordee.appointments.queries import touched_among
from cordee.appointments.rules import ContactKind
from cordee.visits.rules import (
    FINAL_STATES,
    OUTCOME_LABELS,
    Outcome,
    VisitState,
    may_cancel,
    may_note,
)
from cordee.web.templatetags.saying import since, the_end_day, when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cordee.fleet.models import Kiosk, KioskOutage
    from cordee.visits.models import Visit

OPEN_AFTER_END = timedelta(hours=1)
"""An agent may still enter a counter this long after the booked end."""


@dataclass(frozen=True)
class VisitRow:
    """A visit as the day pages show it. `step` is the class of its knot on the rope."""

    visit: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    citizen: str
    reason: str
    partner: str
    agent: str
    kiosk: str
    site: str
    state: str
    step: str
    is_now: bool
    is_past: bool
    is_today: bool
    may_open: bool
    may_cancel: bool
    counter_url: str
    starts_at_unix: float
    video_url: str


def visit_row(visit: Visit, now: datetime) -> VisitRow:
    """Describe one visit; its relations are already loaded (`.whole()`)."""
    appointment = visit.appointment
    state = VisitState(visit.state)
    is_over = state in FINAL_STATES
    is_past = appointment.ends_at <= now
    is_now = not is_over and appointment.starts_at <= now < appointment.ends_at
    return VisitRow(
        visit=visit.public_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        minutes=int((appointment.ends_at - appointment.starts_at).total_seconds() // 60),
        citizen=appointment.citizen,
        reason=appointment.reason.label,
        partner=appointment.agent.partner.label,
        agent=appointment.agent.label,
        kiosk=appointment.kiosk.name,
        site=appointment.kiosk.site.commune.name,
        state=state.value,
        step=_step(state, is_now=is_now, is_past=is_past),
        is_now=is_now or state is VisitState.LIVE,
        is_past=is_past,
        is_today=timezone.localdate(appointment.starts_at) == timezone.localdate(now),
        may_open=not is_over and now < appointment.ends_at + OPEN_AFTER_END,
        may_cancel=may_cancel(state) and not is_past,
        counter_url=reverse("counter", args=[visit.public_id]),
        starts_at_unix=appointment.starts_at.timestamp(),
        video_url=appointment.video_url,
    )


def outcome_choices(visit: Visit, now: datetime) -> list[tuple[str, str]]:
    """Return the outcomes that can be noted now, each with its words."""
    state, has_begun = VisitState(visit.state), visit.appointment.starts_at <= now
    return [
        (outcome.value, _(OUTCOME_LABELS[outcome]))
        for outcome in Outcome
        if may_note(state, outcome, has_begun=has_begun)
    ]


def _step(state: VisitState, *, is_now: bool, is_past: bool) -> str:
    if state is VisitState.CANCELLED:
        return "is-cancelled"
    if state is VisitState.LIVE or is_now:
        return "is-now"
    return "is-done" if state in FINAL_STATES or is_past else ""


@dataclass(frozen=True)
class DeskRow:
    """A visit at the desk: whether its person has come, and what the host can do.

    `is_touched`: it cannot be kept, and nobody has chosen another hour or place yet.
    """

    shown: VisitRow
    checked_in_at: datetime | None
    is_no_show: bool
    phone: str
    is_wheelchair_needed: bool
    is_touched: bool
    may_arrive: bool
    may_be_absent: bool


def desk_rows(visits: Sequence[Visit], now: datetime) -> list[DeskRow]:
    """Describe visits for the host; their relations are already loaded (`.whole()`)."""
    touched = touched_among(visit.appointment_id for visit in visits)
    return [
        _desk_row(visit, now, cannot_be_kept=visit.appointment_id in touched) for visit in visits
    ]


def desk_row(visit: Visit, now: datetime) -> DeskRow:
    """Describe one visit for the host, as `desk_rows`."""
    return desk_rows([visit], now)[0]


def _desk_row(visit: Visit, now: datetime, *, cannot_be_kept: bool) -> DeskRow:
    shown, appointment = visit_row(visit, now), visit.appointment
    is_open = VisitState(visit.state) not in FINAL_STATES and not shown.is_past
    is_coming = is_open and shown.is_today and appointment.checked_in_at is None
    has_begun = appointment.starts_at <= now
    is_late = has_begun and visit.state in {VisitState.BOOKED, VisitState.AWAKE}
    calls = appointment.contact_kind == ContactKind.LANDLINE and not shown.is_past
    is_touched = cannot_be_kept and shown.may_cancel
    calls = calls and appointment.reminded_at is None and not is_touched
    return DeskRow(
        shown=shown,
        checked_in_at=appointment.checked_in_at,
        is_no_show=appointment.no_show_at is not None,
        phone=appointment.citizen_phone if calls else "",
        is_wheelchair_needed=appointment.is_wheelchair_needed,
        is_touched=is_touched,
        may_arrive=is_coming and visit.state != VisitState.LIVE,
        may_be_absent=is_late and shown.is_today and appointment.no_show_at is None,
    )


def next_of(rows: list[DeskRow]) -> str:
    """Return the visit that is on or comes next, or nothing."""
    open_ = (one for one in rows if one.shown.may_open and not one.is_no_show)
    return next((one.shown.visit for one in open_ if not one.shown.is_past), "")


# The most pressing state first: the order of the fleet page.
URGENCY = ("bad", "warn", "rest", "live", "ok")


@dataclass(frozen=True)
class KioskRow:
    """A kiosk's presence: a kind (shape and colour), a word, and why."""

    id: str
    name: str
    place: str
    kind: str
    word: str
    why: str
    next_at: datetime | None
    is_out: bool
    may_put_out: bool
    may_revoke: bool


def kiosk_row(
    kiosk: Kiosk,
    now: datetime,
    *,
    next_at: datetime | None = None,
    is_live: bool = False,
    outage: KioskOutage | None = None,
) -> KioskRow:
    """Describe one kiosk; its site and commune are already loaded. `outage`: the one it is in."""
    kind, word, why = _presence(kiosk, now, is_live=is_live)
    is_out = kiosk.is_enrolled and outage is not None
    if kiosk.is_enrolled and outage is not None:
        kind, word, why = "warn", _("Hors service"), _until(outage)
    return KioskRow(
        id=kiosk.public_id,
        name=kiosk.name,
        place=kiosk.site.commune.name,
        kind=kind,
        word=word,
        why=why,
        next_at=next_at,
        is_out=is_out,
        may_put_out=kiosk.is_enrolled and not is_out,
        may_revoke=kiosk.is_enrolled,
    )


def _presence(kiosk: Kiosk, now: datetime, *, is_live: bool) -> tuple[str, str, str]:
    if kiosk.revoked_at is not None:
        revoked = since(kiosk.revoked_at, now)
        return "warn", _("Révoquée"), _("Coupée %(since)s") % {"since": revoked}
    if not kiosk.public_key:
        return "rest", _("À inscrire"), _("Attend son code")
    if kiosk.is_here(now):
        if is_live:
            return "live", _("En appel"), _("Quelqu’un est assis devant elle")
        return "ok", _("Prête"), _connected(kiosk, now)
    if kiosk.last_seen_at is None:
        return "bad", _("Hors ligne"), _("Ne s’est encore jamais connectée")
    seen = when(kiosk.last_seen_at, now)
    return "bad", _("Hors ligne"), _("Dernier signe de vie %(seen)s") % {"seen": seen}


def _until(outage: KioskOutage) -> str:
    if outage.ends_at is None:
        return _("Jusqu’à ce qu’elle remarche")
    return _("Jusqu’au %(day)s compris") % {"day": the_end_day(outage.ends_at)}


def _connected(kiosk: Kiosk, now: datetime) -> str:
    return _("Connectée %(since)s") % {"since": since(kiosk.connected_at or now, now)}
