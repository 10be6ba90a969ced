"""Who comes with a person on the waiting list, and who has entered them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from factories import NOW, World
from opened import another_agent, interpreting, nothing_free, open_world, someone

from cordee.appointments import news, waiting
from cordee.appointments.citizens import Citizen, ResponsibleMissing
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.visits import booking as visits

MOBILE, HERS, HIS = "06 12 34 56 78", "+33612345679", "paul@exemple.fr"


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _child(**changes: object) -> Citizen:
    asked = {
        "name": "Nina",
        "contact_kind": ContactKind.MOBILE,
        "contact": MOBILE,
        "referrer": "Paul",
        "referrer_contact": HIS,
        "is_protected": True,
        "responsible": "Olha",
        "responsible_contact": "06 12 34 56 79",
        **changes,
    }
    return Citizen(**asked)  # type: ignore[arg-type]


def _enter(world: World, citizen: Citizen, *, interpreted: str = "") -> WaitingEntry:
    """Enter the list while nothing is free."""
    with nothing_free():
        return waiting.enter(
            reason=world.reason,
            site=world.site,
            citizen=citizen,
            until_at=NOW + timedelta(days=7),
            interpreted=interpreted,
            actor=OPERATOR,
            now=NOW,
        )


def _told_to(contact: str) -> list[str]:
    keys = Notice.objects.filter(to=contact).order_by("pk").values_list("key", flat=True)
    return [" ".join(word for word in key.split() if not word.isdigit()) for key in keys]


def test_the_responsible_person_and_the_referrer_come_along_to_what_is_offered(
    opened: World,
) -> None:
    interpreter = interpreting(another_agent(opened, label="Interprète"), "uk")
    _enter(opened, _child(), interpreted="uk")

    assert waiting.offer_freed(now=NOW) == 1

    offer = Offer.objects.get()
    seats = offer.appointment.guests.order_by("pk")
    held = [
        (GuestKind.INTERPRETER, interpreter.pk, "", ""),
        (GuestKind.GUARDIAN, None, "Olha", HERS),
    ]
    assert list(seats.values_list("kind", "agent", "name", "contact")) == held
    visit = visits.accept(offer=offer, actor=OPERATOR, now=NOW)
    taken = Appointment.objects.get(pk=visit.appointment_id)
    assert (taken.responsible, taken.responsible_contact) == ("Olha", HERS)
    assert (taken.referrer, taken.referrer_contact) == ("Paul", HIS)
    assert list(seats.values_list("kind", "agent", "name", "contact")) == held


def test_who_enters_somebody_is_told_of_the_appointment_not_of_the_offer(opened: World) -> None:
    _enter(opened, _child())
    waiting.offer_freed(now=NOW)
    assert _told_to("+33612345678") == ["waiting", "offer"]
    assert _told_to(HIS) == _told_to(HERS) == []

    visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)

    assert _told_to(HIS) == ["appointment confirmed referrer"]
    assert "appointment confirmed responsible" in _told_to(HERS)


def test_nobody_protected_waits_without_who_answers_for_them(opened: World) -> None:
    with pytest.raises(ResponsibleMissing):
        _enter(opened, _child(responsible=" "))
    assert not WaitingEntry.objects.exists()


def test_who_is_brought_along_takes_no_search_of_their_own(
    opened: World, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    child, alone = _enter(opened, _child()), _enter(opened, someone())
    assert news.asked_by(child) != news.asked_by(alone)
    look = news.Look(NOW, [child, alone])

    _, found = look.free(child)

    with django_assert_num_queries(0):
        assert look.free(alone)[1] == found
