"""Who is asked to make the call by telephone that a visit became, inside the transaction.

The agent at first; their managers while they are away, or the desk of the site where there are
none. Whoever was asked last sees to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import Enum, auto
from itertools import takewhile

from cordee.appointments.citizens import said_phone
from cordee.appointments.models import Appointment
from cordee.appointments.telling import SUBJECT, whole, write_to
from cordee.appointments.wording import said_when, spoken
from cordee.directory.queries import managers_by_partner, managers_of
from cordee.notices.models import Notice
from cordee.notices.queries import with_keys
from cordee.notices.rules import Channel, NoticeState
from cordee.notices.services import drop

TITLE = "Rendez-vous par téléphone"
DONE_TITLE = "Rendez-vous par téléphone : plus rien à faire"
ACT = "by telephone"
"""How the key ends of what the agent reads; the others' names follow it."""
FOR_DESK = f"{ACT} desk"
"""How the key ends of what the desk reads of a call that nobody else is asked to make."""
CALLED = "called"
"""What the key says, before whom it is for, when the agent is back and there is nothing to do."""


class Caller(Enum):
    """Who was asked last to see to a call; `NOBODY`: managers who have all left since."""

    AGENT = auto()
    OTHERS = auto()
    NOBODY = auto()


def asked_last(calls: Collection[Appointment]) -> dict[int, Caller]:
    """Return, by the call's key, who was asked last to see to it."""
    asked = with_keys(SUBJECT, [str(call.pk) for call in calls], part=f" {ACT}")
    managers = managers_by_partner({call.agent.partner_id for call in calls})
    return {
        call.pk: _caller(asked.get(str(call.pk), []), managers[call.agent.partner_id])
        for call in calls
    }


def tell_to_call(appointment: Appointment, *, is_agent_out: bool, now: datetime) -> None:
    """Ask the agent to telephone at the hour, in the place of the visit.

    With `is_agent_out`, the partner's managers are asked to see that somebody does; the desk of the
    site, where it has none. Whoever of them had heard of it hears that an agent who is back calls;
    managers who have left hear nothing. To be called once a change of who calls.
    """
    row = whole(appointment)
    site = row.kiosk.site
    before = with_keys(SUBJECT, [str(row.pk)], part=f" {ACT}").get(str(row.pk), [])
    managers = managers_of(row.agent.partner)
    others = _still_there(_asked_of_others_last(before), {manager.pk for manager in managers})
    # Dropped by now: the desk has passed it on.
    by_hand = [each for each in others if each.state == NoticeState.DROPPED]
    drop(subject_kind=SUBJECT, subject_id=str(row.pk))
    again = f"again {before[-1].pk} " if before else ""
    with spoken("fr"):
        when = said_when(row.starts_at, site)
    phone = said_phone(row.citizen_phone or site.phone)
    if not is_agent_out:
        text = (
            f"Le {when}, appelez {row.citizen} au {phone} : ce rendez-vous se fait par téléphone."
        )
        if before:
            text = f"Le {when}, c’est de nouveau à vous d’appeler {row.citizen}, au {phone}."
        write_to(row.agent.user.email, row, f"{again}{ACT}", TITLE, text, now=now)
        text = (
            f"{row.agent.label} sera finalement là le {when} et appellera {row.citizen} : vous "
            "n’avez plus besoin de trouver quelqu’un pour appeler."
        )
        for each in others:
            if each in by_hand or _has_reached(each):
                act = f"{again}{CALLED} {each.key.rpartition(' ')[2]}"
                channel = Channel(each.channel)
                write_to(each.to, row, act, DONE_TITLE, text, channel=channel, now=now)
        return
    text = (
        f"{row.agent.label} ne peut pas recevoir le {when}. {row.citizen} attend un appel à cette "
        f"heure, au {phone} : demandez à quelqu’un d’appeler."
    )
    for manager in managers:
        write_to(manager.email, row, f"{again}{ACT} {manager.pk}", TITLE, text, now=now)
    if not managers:
        write_to("", row, f"{again}{FOR_DESK}", TITLE, text, channel=Channel.SLIP, now=now)


def _asked_of_others_last(asked: Sequence[Notice]) -> list[Notice]:
    """Return what others were told since the agent was asked last."""
    newest_first = reversed(asked)
    return list(takewhile(lambda each: not each.key.endswith(f" {ACT}"), newest_first))


def _still_there(others: Sequence[Notice], managers: Collection[int]) -> list[Notice]:
    """Return what the desk was told, or who still runs the partner (keys of accounts)."""
    ends = (f" {FOR_DESK}", *(f" {ACT} {key}" for key in managers))
    return [each for each in others if each.key.endswith(ends)]


def _caller(asked: Sequence[Notice], managers: Collection[int]) -> Caller:
    others = _asked_of_others_last(asked)
    if not others:
        return Caller.AGENT
    return Caller.OTHERS if _still_there(others, managers) else Caller.NOBODY


def _has_reached(notice: Notice) -> bool:
    """Whether somebody has read it, or is about to; a slip has to be passed on first."""
    notice.refresh_from_db(fields=["state"])
    is_gone = notice.state in {NoticeState.SENDING, NoticeState.SENT}
    return is_gone and notice.channel != Channel.SLIP
