from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

from django.db import connections
from factories import NOW, TEN, World
from opened import NEXT_DAY, booked, hold, nothing_free, open_world, someone

from cordee.appointments import absences, cascade, leaving, waiting
from cordee.appointments.holding import citizen_of
from cordee.appointments.models import Appointment, HeldCell, Offer, Proposal, WaitingEntry
from cordee.appointments.refusals import HoldReplaced, SlotTaken
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.notices.models import Notice
from cordee.visits import booking as visits

ATTEMPTS = 8
WAITED = waiting.WaitedAlready.code


def _together(tasks: list[Callable[[], object]]) -> list[str]:
    """Run every task on a connection of its own, at once; return what each came to."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> str:
        start.wait()
        try:
            task()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(tasks)) as pool:
        return sorted(pool.map(run, tasks))


def _wait(world: World, *, people: int) -> None:
    """Put as many people on the waiting list of a site, which then has free hours."""
    open_world(world)
    with nothing_free():
        for _ in range(people):
            waiting.enter(
                reason=world.reason,
                site=world.site,
                citizen=someone(),
                until_at=NOW + timedelta(days=7),
                actor=OPERATOR,
                now=NOW,
            )


def test_of_bookings_at_once_one_wins_and_the_others_are_told(committed: World) -> None:
    boxes = (committed.box, committed.other_box)
    tasks = [lambda box=boxes[i % 2]: committed.book(box=box) for i in range(ATTEMPTS)]

    assert _together([*tasks]) == ["done"] + [SlotTaken.code] * (ATTEMPTS - 1)
    assert Appointment.objects.count() == 1
    assert HeldCell.objects.count() == 12


def test_overlapping_bookings_at_once_never_overlap_in_the_end(committed: World) -> None:
    tasks = [
        lambda shift=i: committed.book(TEN + timedelta(minutes=5 * shift)) for i in range(ATTEMPTS)
    ]

    _together([*tasks])

    booked = list(Appointment.objects.order_by("starts_at"))
    assert booked
    for one, other in itertools.pairwise(booked):
        assert one.ends_at <= other.starts_at


def test_a_code_used_by_two_boxes_at_once_enrols_one(committed: World) -> None:
    kiosk = committed.box.kiosk
    code, _ = fleet.issue_code(kiosk=kiosk, actor=OPERATOR, now=TEN)
    key = kiosk.public_key

    outcomes = _together(
        [lambda: fleet.enrol(code=code, public_key=key, now=TEN) for _ in range(2)]
    )

    assert outcomes == ["code_used", "done"]


def test_a_proposal_taken_as_its_absence_ends_is_either_kept_or_withdrawn(
    committed: World,
) -> None:
    visit = booked(open_world(committed), citizen=someone(), agent=committed.agent)
    absence = absences.note_absence(
        agent=committed.agent,
        period=Period(TEN, TEN + timedelta(hours=1)),
        note="",
        actor=OPERATOR,
        now=NOW,
    )
    proposal = cascade.proposals_for(visit.appointment)[0]

    _together(
        [
            lambda: cascade.choose(proposal=proposal, actor=OPERATOR, now=NOW),
            lambda: absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW),
        ]
    )

    visit.appointment.refresh_from_db()
    is_kept = Proposal.objects.filter(pk=proposal.pk, chosen_at=NOW).exists()
    stands = Notice.objects.filter(key__contains=" stands ").exists()
    assert is_kept is not stands
    assert (visit.appointment.cancelled_at is None) is stands
    assert cascade.proposals_for(visit.appointment) == []


def test_who_enters_the_list_twice_at_once_waits_once(committed: World) -> None:
    open_world(committed)
    enter = partial(
        waiting.enter,
        reason=committed.reason,
        citizen=someone(),
        until_at=NOW + timedelta(days=7),
        actor=OPERATOR,
        now=NOW,
    )
    once = [WAITED] * (ATTEMPTS - 1)

    assert _together([partial(enter, site=committed.site)] * ATTEMPTS) == ["done", *once]
    WaitingEntry.objects.update(closed_at=NOW, person_key=None)
    # A form that is sent twice is one request.
    sent = partial(enter, site=committed.site, key="0" * 32)
    assert _together([sent] * ATTEMPTS) == ["done"] * ATTEMPTS

    assert WaitingEntry.objects.filter(closed_at=None).count() == 1
    assert Notice.objects.filter(key__startswith="waiting ").count() == 2


def test_who_accepts_while_they_book_has_one_appointment(committed: World) -> None:
    _wait(committed, people=1)
    assert waiting.offer_freed(now=NOW) == 1
    offer = Offer.objects.get()
    held = hold(committed, NEXT_DAY, citizen=citizen_of(offer.appointment))

    outcomes = _together(
        [
            lambda: visits.accept(offer=offer, actor=OPERATOR, now=NOW),
            lambda: visits.confirm(appointment=held, actor=OPERATOR, now=NOW),
        ]
    )

    assert outcomes in (["done", HoldReplaced.code], ["done", waiting.WaitingOver.code])
    assert Appointment.objects.standing().count() == 1
    assert WaitingEntry.objects.get().closed_at == NOW


def test_processes_that_offer_at_once_offer_one_hour_to_who_waits(committed: World) -> None:
    _wait(committed, people=2)

    _together([lambda: waiting.offer_freed(now=NOW)] * ATTEMPTS)

    entries = list(Offer.objects.values_list("entry", flat=True))
    assert len(entries) == len(set(entries)) == 2
    assert Appointment.objects.standing().count() == 2
    assert Notice.objects.filter(key__startswith="offer ").count() == 2


def test_who_leaves_the_list_while_they_accept_has_an_hour_or_has_left(committed: World) -> None:
    _wait(committed, people=ATTEMPTS // 2)
    assert waiting.offer_freed(now=NOW) == ATTEMPTS // 2
    tasks: list[Callable[[], object]] = []
    for offer in Offer.objects.select_related("entry"):
        tasks.append(partial(visits.accept, offer=offer, actor=OPERATOR, now=NOW))
        tasks.append(partial(leaving.withdraw, entry=offer.entry, actor=OPERATOR, now=NOW))

    assert set(_together(tasks)) <= {"done", waiting.WaitingOver.code}

    for offer in Offer.objects.select_related("entry", "appointment"):
        assert offer.entry.closed_at is not None
        assert offer.answered_at is not None
        assert offer.was_taken == (offer.appointment.cancelled_at is None)
