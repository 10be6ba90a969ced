"""When a kiosk, a site or an agent falls out: what is proposed in place of what they had promised.

`sweep` is the job: it knows all that `outages` names. `fall_out` takes any one of them. Either may
run again: the same is proposed once, and people are told once, until they hear that it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from cordee.appointments import availability, calls, holding, outages, services, telling
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.models import Appointment, GuestSeat, Proposal
from cordee.appointments.outages import ABSENCE, ACCOUNT, AHEAD, HOURS, Outage
from cordee.appointments.refusals import AppointmentOver, ProposalGone
from cordee.appointments.rules import GuestKind, ProposalKind
from cordee.appointments.slots import Slot
from cordee.appointments.trips import within_reach
from cordee.directory.models import Absence, Agent
from cordee.journal.rules import SYSTEM, Actor
from cordee.kernel.period import Period

SITES_PROPOSED = 2
HOURS_PROPOSED = 3
HOURS_ROUND = timedelta(days=7)


def sweep(*, now: datetime) -> int:
    """Propose something for every appointment that cannot be kept; return how many are new.

    What hours that are wide enough again let stand is taken back first. Calls by telephone whose
    agent has fallen out are asked of others, and of the agent again who is back.
    """
    _withdraw_within_hours(now)
    count = sum(fall_out(outage=outage, now=now) for outage in outages.outages(now))
    calls.ask_anew(now=now)
    return count


def fall_out(*, outage: Outage, now: datetime) -> int:
    """Propose something for what this outage touches; return how many appointments are new to it.

    Holds are left alone: they are not promised to anybody yet. Who has proposals already,
    because of something else, is not told a second time.
    """
    told = Proposal.objects.filter(cause=outage.cause).values("appointment")
    rows = outages.touched_by(outage, now).exclude(pk__in=told)
    rows = rows.select_related("kiosk__site__commune", "agent__user", "reason__partner")
    count = 0
    for appointment in rows.order_by("starts_at", "pk"):
        found = _found(appointment, outage, now)
        with transaction.atomic():
            if not outages.still_touches(outage, appointment, now):
                continue
            is_told = Proposal.objects.filter(appointment=appointment, chosen_at=None).exists()
            for proposal in found:
                Proposal.objects.get_or_create(key=proposal.key, defaults=_fields(proposal))
            if not is_told:
                telling.tell_touched(appointment, cause=outage.cause, now=now)
            services.note("touched", appointment, actor=SYSTEM, now=now, cause=outage.cause)
        count += 1
    return count


def fall_out_of(*, absence: Absence, now: datetime) -> int:
    """Propose something at once for what an absence touches; `sweep` finds the same cause."""
    outage = Outage(
        f"{ABSENCE}{absence.pk}", absence.starts_at, absence.ends_at, agent=absence.agent_id
    )
    calls.ask_anew(agent=absence.agent, now=now)
    return fall_out(outage=outage, now=now)


def withdraw(
    *, cause: str, period: Period | None, keeping: Collection[int] = (), now: datetime
) -> int:
    """Take back what nobody has answered of a cause that now only lasts `period`, or not at all.

    The appointments of `keeping`, by key, it still touches. The people of an appointment that has
    nothing else proposed are told once that it stands. Returns how many appointments stand again.
    Belongs into the transaction of the change.
    """
    ours = Proposal.objects.select_for_update(of=("self",)).filter(cause=cause, chosen_at=None)
    keys = sorted({proposal.appointment_id for proposal in ours.order_by("pk")})
    count = 0
    for row in Appointment.objects.filter(pk__in=keys).order_by("starts_at", "pk"):
        if row.pk in keeping:
            continue
        if period is not None and period.overlaps(Period(row.starts_at, row.ends_at)):
            continue
        Proposal.objects.filter(cause=cause, appointment=row, chosen_at=None).delete()
        is_open = Proposal.objects.filter(appointment=row).exists()
        stands = row.cancelled_at is None and row.released_at is None and row.starts_at > now
        if stands and not is_open:
            telling.tell_stands(row, cause=cause, now=now)
            services.note("stands", row, actor=SYSTEM, now=now, cause=cause)
            count += 1
    return count


def _withdraw_within_hours(now: datetime) -> None:
    told = Proposal.objects.filter(cause__startswith=HOURS, chosen_at=None)
    told = told.filter(appointment__starts_at__gt=now, appointment__cancelled_at=None)
    for cause in sorted(set(told.values_list("cause", flat=True))):
        with transaction.atomic():
            outside = outages.still_outside_hours(int(cause.removeprefix(HOURS)), now)
            withdraw(cause=cause, period=None, keeping=outside, now=now)


def follow(*, absence: Absence, gone: Iterable[int]) -> None:
    """Let what was proposed because of absences that are one with this now be of this one."""
    kept = f"{ABSENCE}{absence.pk}"
    for cause in (f"{ABSENCE}{key}" for key in gone):
        for proposal in Proposal.objects.filter(cause=cause).order_by("pk"):
            whose = f"{proposal.appointment_id} "
            proposal.key = f"{whose}{kept}{proposal.key.removeprefix(whose + cause)}"
            if Proposal.objects.filter(key=proposal.key).exists():
                Proposal.objects.filter(pk=proposal.pk).delete()
                continue
            proposal.cause = kept
            proposal.save(update_fields=["key", "cause"])


def fall_out_of_account(*, agent: Agent, now: datetime) -> int:
    """Propose something at once for what a closed account leaves; `sweep` finds the same cause."""
    calls.ask_anew(agent=agent, now=now)
    return fall_out(
        outage=Outage(f"{ACCOUNT}{agent.pk}", now, now + AHEAD, agent=agent.pk), now=now
    )


@transaction.atomic
def choose(*, proposal: Proposal, phone: str = "", actor: Actor, now: datetime) -> Appointment:
    """Take a proposal: the appointment moves there, or is held by telephone. Twice is once.

    Returns the new appointment; by telephone, the old one, cancelled (`calls.call_instead`);
    `phone` is where, if no number is known. Raises ProposalGone, AppointmentOver, NumberMissing,
    ContactMalformed, and SlotTaken and its like when somebody was quicker: then another is chosen.
    For the visits: `visits.booking`.
    """
    row = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if row is None:
        raise ProposalGone
    old = Appointment.objects.select_related("kiosk__site", "agent__user", "reason").get(
        pk=row.appointment_id
    )
    if row.chosen_at is not None:
        return Appointment.objects.filter(moved_from=old).order_by("-pk").first() or old
    if old.cancelled_at is not None or old.starts_at <= now:
        raise AppointmentOver
    Proposal.objects.filter(pk=row.pk).update(chosen_at=now)
    if row.kind == ProposalKind.TELEPHONE or row.kiosk is None or row.starts_at is None:
        calls.call_instead(appointment=old, phone=phone, actor=actor, now=now)
        return old
    return holding.move(
        appointment=old,
        site=row.kiosk.site,
        starts_at=row.starts_at,
        agent=row.agent,
        guests=_guests_without(old, outages.agent_out(row.cause)),
        at_desk=True,
        actor=actor,
        now=now,
    )


def proposal_of(appointment: Appointment, key: int) -> Proposal:
    """Return what was proposed for this appointment under this key, chosen already or not.

    Raises ProposalGone.
    """
    proposal = Proposal.objects.filter(appointment=appointment, pk=key).first()
    if proposal is None:
        raise ProposalGone
    return proposal


def proposals_for(appointment: Appointment) -> list[Proposal]:
    """Return what is still proposed for an appointment that stands, in the order to be shown."""
    order = {kind.value: number for number, kind in enumerate(ProposalKind)}
    rows = Proposal.objects.filter(
        appointment=appointment, chosen_at=None, appointment__cancelled_at=None
    )
    found = rows.select_related("kiosk__site__commune", "agent")
    return sorted(found, key=lambda proposal: (order[proposal.kind], proposal.pk))


def _found(appointment: Appointment, outage: Outage, now: datetime) -> list[Proposal]:
    """Return what can be proposed: same place and hour, other place, other hours, telephone."""
    # The outage is in the database already, or else its seats are left out here.
    asked = Asked(
        reason=appointment.reason,
        language=appointment.spoken,
        guests=_guests_without(appointment, outage.agent),
        at_desk=True,
        ignoring=appointment.pk,
    )
    site, hour = appointment.kiosk.site, appointment.starts_at
    found: list[Proposal] = []

    def propose(kind: ProposalKind, slot: Slot | None) -> bool:
        proposal = _proposal(kind, appointment, slot, outage, now)
        if proposal is None:
            return False
        found.append(proposal)
        return True

    near = [site.pk, *within_reach(appointment)]
    at_hour = availability.slots_at(asked=asked, sites=near, starts_at=hour, now=now)
    count = 0
    for slot in at_hour:
        if slot.site == site.pk:
            propose(ProposalKind.KIOSK, slot)
        elif count < SITES_PROPOSED:
            count += propose(ProposalKind.SITE, slot)
    around = availability.slots(
        asked=asked,
        site=site,
        since=max(now, hour - HOURS_ROUND),
        until=hour + HOURS_ROUND,
        most=1000,
        now=now,
    )
    others = sorted(
        (slot for slot in around if slot.starts_at != hour),
        key=lambda slot: (abs(slot.starts_at - hour), slot.starts_at),
    )
    count = 0
    for slot in others:
        if count == HOURS_PROPOSED:
            break
        count += propose(ProposalKind.HOUR, slot)
    propose(ProposalKind.TELEPHONE, None)
    return found


def _proposal(
    kind: ProposalKind,
    appointment: Appointment,
    slot: Slot | None,
    outage: Outage,
    now: datetime,
) -> Proposal | None:
    """Return the proposal, or None when all that is free at the slot is what falls out."""
    kiosk = agent = starts_at = None
    if slot is not None:
        is_then = outage.start < slot.starts_at + (appointment.ends_at - appointment.starts_at)
        is_then = is_then and slot.starts_at < outage.end
        out = outage if is_then else Outage(outage.cause, outage.start, outage.end)
        kiosks = [key for key in slot.kiosks if key != out.kiosk and slot.site != out.site]
        agents = [key for key in slot.agents if key != out.agent]
        if not kiosks or not agents:
            return None
        # Whoever was to receive them still does, when they can.
        kiosk = appointment.kiosk_id if appointment.kiosk_id in kiosks else kiosks[0]
        agent = appointment.agent_id if appointment.agent_id in agents else agents[0]
        starts_at = slot.starts_at
    where = f"{kiosk or ''} {agent or ''} {starts_at:%Y%m%dT%H%M}" if starts_at else ""
    return Proposal(
        key=f"{appointment.pk} {outage.cause} {kind} {where}".strip(),
        appointment=appointment,
        cause=outage.cause,
        kind=kind,
        kiosk_id=kiosk,
        agent_id=agent,
        starts_at=starts_at,
        made_at=now,
    )


def _fields(proposal: Proposal) -> dict[str, object]:
    names = ("appointment_id", "cause", "kind", "kiosk_id", "agent_id", "starts_at", "made_at")
    return {name: getattr(proposal, name) for name in names}


def _guests_without(appointment: Appointment, agent: int | None) -> tuple[GuestWish, ...]:
    """Return the same guests; in the place of an interpreter who falls out, anyone of ours.

    The seat of a second agent who has left for good is given up.
    """
    guests = appointment.guests.select_related("agent__user").order_by("pk")
    return tuple(
        GuestWish(GuestKind.INTERPRETER, None, guest.language or appointment.language)
        if guest.agent_id == agent is not None and guest.kind == GuestKind.INTERPRETER
        else GuestWish(
            GuestKind(guest.kind), guest.agent_id, guest.language, guest.name, guest.contact
        )
        for guest in guests
        if guest.kind == GuestKind.INTERPRETER or not _has_left(guest)
    )


def _has_left(guest: GuestSeat) -> bool:
    return guest.agent is not None and not guest.agent.user.is_active
