"""Who is asked to make the call by telephone that a visit became, inside the transaction.

The agent at first; their managers while they are away, or the desk of the site where there are
none. Whoever was asked last sees to it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cordee.appointments.citizens import said_phone
from cordee.appointments.models import Appointment
from cordee.appointments.telling import SUBJECT, whole, write_to
from cordee.appointments.wording import said_when, spoken
from cordee.directory.queries import managers_of
from cordee.notices.queries import keys_about
from cordee.notices.rules import Channel, NoticeState
from cordee.notices.services import drop

TITLE = "Rendez-vous par téléphone"
ACT = "by telephone"
"""How the key ends of what the agent reads; the others' names follow it."""
FOR_DESK = f"{ACT} desk"
"""How the key ends of what the desk reads of a call that nobody else is asked to make."""
_REACHED = (NoticeState.SENDING, NoticeState.SENT)


def asked_of_others(calls: Collection[Appointment]) -> set[int]:
    """Return, by key, the calls that somebody else than their agent was asked last to make."""
    asked = keys_about(SUBJECT, [str(call.pk) for call in calls], part=f" {ACT}")
    return {int(pk) for pk, keys in asked.items() if not keys[-1].endswith(ACT)}


def tell_to_call(appointment: Appointment, *, is_agent_out: bool, now: datetime) -> None:
    """Ask the agent to telephone at the hour, in the place of the visit.

    With `is_agent_out`, the partner's managers are asked to see that somebody does; the desk of the
    site, where it has none. Managers who were asked, of an agent who is back, hear that it is done.
    To be called once a change of who calls.
    """
    row = whole(appointment)
    site = row.kiosk.site
    subject_id = str(row.pk)
    asked = keys_about(SUBJECT, [subject_id], part=f" {ACT}").get(subject_id, [])
    reached = keys_about(SUBJECT, [subject_id], part=f" {ACT} ", states=_REACHED)
    again = f"again {len(asked)} " if asked else ""
    drop(subject_kind=SUBJECT, subject_id=subject_id)
    with spoken("fr"):
        when = said_when(row.starts_at, site)
    phone = said_phone(row.citizen_phone or site.phone)
    managers = managers_of(row.agent.partner)
    if not is_agent_out:
        text = (
            f"Le {when}, appelez {row.citizen} au {phone} : ce rendez-vous se fait par téléphone."
        )
        write_to(row.agent.user.email, row, f"{again}{ACT}", TITLE, text, now=now)
        text = (
            f"{row.agent.label} est de nouveau là le {when} et appellera {row.citizen} : "
            "vous n’avez plus à chercher quelqu’un."
        )
        for manager in managers:
            if any(key.endswith(f" {ACT} {manager.pk}") for key in reached.get(subject_id, [])):
                write_to(manager.email, row, f"{again}called {manager.pk}", TITLE, text, now=now)
        return
    text = (
        f"{row.agent.label} ne peut pas recevoir le {when}. {row.citizen} attend un appel à cette "
        f"heure, au {phone} : demandez à quelqu’un d’appeler."
    )
    for manager in managers:
        write_to(manager.email, row, f"{again}{ACT} {manager.pk}", TITLE, text, now=now)
    if not managers:
        write_to("", row, f"{again}{FOR_DESK}", TITLE, text, channel=Channel.SLIP, now=now)
