"""A kiosk that does not work: no hour on it, whom it touches told once, and told when it works."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import ELEVEN, booked, open_world, someone

from cordee.appointments import cascade, holding, kiosk_outages, outages, services
from cordee.appointments.models import Proposal
from cordee.appointments.refusals import KioskNotReady, SlotTaken
from cordee.appointments.rules import ProposalKind
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState

LATER = ELEVEN + timedelta(hours=1)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def out(kiosk: Kiosk, *, until: bool = False) -> KioskOutage:
    """Put it out of service: until eleven, or until it is put back."""
    outage = kiosk_outages.put_out_of_service(
        kiosk=kiosk, ends_at=ELEVEN if until else None, actor=OPERATOR, now=NOW
    )
    cascade.sweep(now=NOW)
    return outage


def states(act: str) -> list[str]:
    about = Notice.objects.filter(key__contains=act, key__endswith=" citizen").order_by("pk")
    return [notice.state for notice in about]


def test_its_appointments_are_proposed_the_other_kiosk_and_the_place_stays_open(
    opened: World,
) -> None:
    visit = booked(opened)
    out(visit.appointment.kiosk)
    first, *_ = cascade.proposals_for(visit.appointment)
    assert first.kind == ProposalKind.KIOSK
    assert first.kiosk == opened.other_box.kiosk
    assert booked(opened, ELEVEN, citizen=someone()).appointment.kiosk == opened.other_box.kiosk
    assert cascade.sweep(now=NOW) == 0


def test_no_hour_is_given_on_it_until_it_works(opened: World) -> None:
    for box in (opened.box, opened.other_box):
        out(box.kiosk, until=True)
    with pytest.raises(KioskNotReady):
        booked(opened, TEN)
    with pytest.raises(KioskNotReady):
        services.book(
            kiosk=opened.box.kiosk,
            agent=opened.agent,
            reason=opened.reason,
            citizen="Jeanne",
            starts_at=TEN,
            actor=OPERATOR,
            now=NOW,
        )
    assert booked(opened, LATER).appointment.starts_at == LATER


def test_put_back_it_tells_once_that_the_visit_stands(opened: World) -> None:
    visit = booked(opened)
    outage = out(visit.appointment.kiosk)
    assert states(" touched ") == [NoticeState.WAITING]

    for _ in range(2):
        kiosk_outages.put_back(outage=outage, actor=OPERATOR, now=NOW)

    assert not Proposal.objects.exists()
    assert states(" touched ") == [NoticeState.DROPPED]
    assert states(" stands ") == [NoticeState.WAITING]
    assert cascade.sweep(now=NOW) == 0


def test_an_earlier_end_lets_the_later_visits_stand(opened: World) -> None:
    kiosk = opened.box.kiosk
    soon, later = (booked(opened, at, citizen=someone()).appointment for at in (TEN, LATER))
    assert soon.kiosk == later.kiosk == kiosk
    out(kiosk)
    assert cascade.proposals_for(later)

    out(kiosk, until=True)

    assert KioskOutage.objects.get().ends_at == ELEVEN
    assert cascade.proposals_for(soon)
    assert not cascade.proposals_for(later)
    assert states(" stands ") == [NoticeState.WAITING]


def test_a_later_end_shows_and_tells_those_alone_who_did_not_know(opened: World) -> None:
    kiosk = opened.box.kiosk
    booked(opened, TEN, citizen=someone())
    out(kiosk, until=True)
    assert outages.touched_by_kiosk(kiosk, ELEVEN, now=NOW) == []
    Kiosk.objects.filter(pk=opened.other_box.kiosk.pk).update(revoked_at=NOW)
    later = booked(opened, LATER, citizen=someone()).appointment

    assert outages.touched_by_kiosk(kiosk, None, now=NOW) == [later]
    out(kiosk)
    assert states(" touched ") == [NoticeState.WAITING, NoticeState.WAITING]


def test_a_kiosk_that_was_named_and_never_enrolled_receives_nobody(opened: World) -> None:
    Kiosk.objects.filter(pk=opened.other_box.kiosk.pk).update(revoked_at=NOW)
    kiosk = opened.box.kiosk
    Kiosk.objects.filter(pk=kiosk.pk).update(public_key="", enrolled_at=None)
    with pytest.raises(KioskNotReady):
        holding.hold(
            reason=opened.reason,
            site=opened.site,
            starts_at=TEN,
            citizen=someone(),
            actor=OPERATOR,
            now=NOW,
        )
    kiosk.refresh_from_db()
    with pytest.raises(fleet.KioskNotEnrolled):
        out(kiosk)


def test_a_taken_hour_is_still_said_to_be_taken(opened: World) -> None:
    out(opened.box.kiosk)
    booked(opened)
    with pytest.raises(SlotTaken):
        booked(opened, citizen=someone())
