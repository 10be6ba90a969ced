from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, World

from cordee.directory import openings, queries, services
from cordee.directory.models import Absence, BusyTime, ExtraOpening, Opening, Reason
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal

MORNING = WeeklyRule(1, 9 * 60, 12 * 60)
TOMORROW = Period(NOW + timedelta(days=1), NOW + timedelta(days=2))
PAST = Period(NOW - timedelta(days=2), NOW)


def test_a_reason_takes_all_it_needs_and_says_what_changed(world: World) -> None:
    changed = services.describe_reason(
        reason=world.reason,
        duration_min=45,
        words="loyer apl logement",
        documents=["Bail", "Pièce d’identité"],
        languages=["fr", "it"],
        skill="logement",
        notice_h=48,
        actor=OPERATOR,
        now=NOW,
    )

    assert changed == ["documents", "duration_min", "languages", "notice_h", "skill", "words"]
    world.reason.refresh_from_db()
    assert world.reason.documents == ["Bail", "Pièce d’identité"]
    entry = Entry.objects.about("reason", str(world.reason.pk)).last()
    assert entry is not None
    assert "loyer" not in str(entry.detail)
    again = services.describe_reason(reason=world.reason, duration_min=45, actor=OPERATOR, now=NOW)
    assert again == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"duration_min": 0}, services.DurationMisaligned),
        ({"duration_min": 32}, services.DurationMisaligned),
        ({"notice_h": 1440, "horizon_days": 60}, services.NoticeBeyondHorizon),
        ({"horizon_days": 0}, services.NoticeBeyondHorizon),
        ({"horizon_days": 367}, services.NoticeBeyondHorizon),
        ({"languages": ["français"]}, services.NoSuchLanguage),
        ({"skill": INTERPRETER_SKILL}, services.InterpreterReceivesNobody),
        ({"video_url": "javascript:alert(1)"}, services.NotAnAddress),
        ({"start_url": "https://"}, services.NotAnAddress),
    ],
)
def test_a_reason_that_cannot_be_is_refused(
    world: World, changes: services.ReasonChanges, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        services.describe_reason(reason=world.reason, actor=OPERATOR, now=NOW, **changes)


def test_a_reason_is_offered_at_the_named_sites(world: World) -> None:
    site = world.box.kiosk.site

    assert services.set_sites(reason=world.reason, sites=[site], actor=OPERATOR, now=NOW)
    assert not services.set_sites(reason=world.reason, sites=[site], actor=OPERATOR, now=NOW)
    (reason,) = queries.reasons_of(world.partner)
    assert list(reason.sites.all()) == [site]


def test_only_open_reasons_can_be_booked(world: World) -> None:
    services.describe_reason(reason=world.reason, is_open=False, actor=OPERATOR, now=NOW)

    assert queries.reasons_open() == [world.foreign_reason]


def test_a_reason_that_asked_for_an_interpreter_can_still_be_closed(world: World) -> None:
    Reason.objects.filter(pk=world.reason.pk).update(skill=INTERPRETER_SKILL)
    world.reason.refresh_from_db()

    services.describe_reason(reason=world.reason, is_open=False, actor=OPERATOR, now=NOW)
    with pytest.raises(services.InterpreterReceivesNobody):
        services.describe_reason(reason=world.reason, words="loyer", actor=OPERATOR, now=NOW)


def test_only_those_who_know_the_reason_take_it(world: World) -> None:
    assert queries.agents_knowing(world.reason) == [world.agent]
    services.describe_reason(reason=world.reason, skill="logement", actor=OPERATOR, now=NOW)
    assert queries.agents_knowing(world.reason) == []
    services.describe_agent(agent=world.agent, skills=["logement"], actor=OPERATOR, now=NOW)

    assert queries.agents_knowing(world.reason) == [world.agent]
    skills = ["logement", INTERPRETER_SKILL]
    services.describe_agent(agent=world.agent, skills=skills, actor=OPERATOR, now=NOW)
    assert queries.agents_knowing(world.reason) == []


def test_agents_are_read_with_their_weeks_in_five_queries(
    world: World, django_assert_num_queries: object
) -> None:
    openings.set_openings(agent=world.agent, rules=[MORNING], actor=OPERATOR, now=NOW)

    with django_assert_num_queries(5):  # type: ignore[operator]
        (agent,) = queries.agents_of(world.partner)
        assert [opening.rule() for opening in agent.openings.all()] == [MORNING]
        assert not [*agent.extra_openings.all(), *agent.absences.all(), *agent.busy_times.all()]


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "https://name:password@calendar.example/a.ics",
        "file:///etc/passwd",
        "https://[::1/a.ics",
    ],
)
def test_a_calendar_is_at_an_https_address_without_password(world: World, url: str) -> None:
    with pytest.raises(services.NotAnAddress):
        services.describe_agent(agent=world.agent, calendar_url=url, actor=OPERATOR, now=NOW)


def test_another_calendar_forgets_what_the_old_one_said(world: World) -> None:
    BusyTime.objects.create(agent=world.agent, starts_at=TOMORROW.start, ends_at=TOMORROW.end)
    world.agent.calendar_trouble = "http_404"
    world.agent.save()

    services.describe_agent(
        agent=world.agent, calendar_url="https://calendar.example/b.ics", actor=OPERATOR, now=NOW
    )

    world.agent.refresh_from_db()
    assert world.agent.calendar_trouble == ""
    assert not BusyTime.objects.exists()


def test_a_partner_is_described(world: World) -> None:
    changed = services.describe_partner(
        partner=world.partner, phone="04 65 71 00 99", actor=OPERATOR, now=NOW
    )

    assert changed == ["phone"]


def test_a_week_is_replaced_as_a_whole(world: World) -> None:
    over = WeeklyRule(1, 11 * 60, 14 * 60)

    assert openings.set_openings(agent=world.agent, rules=[MORNING], actor=OPERATOR, now=NOW)
    assert not openings.set_openings(agent=world.agent, rules=[MORNING], actor=OPERATOR, now=NOW)
    with pytest.raises(openings.OpeningsOverlap):
        openings.set_openings(agent=world.agent, rules=[MORNING, over], actor=OPERATOR, now=NOW)
    assert [opening.rule() for opening in world.agent.openings.all()] == [MORNING]


def test_absences_and_extra_openings_come_once_and_go(world: World) -> None:
    agent = world.agent
    for _ in range(2):
        absence = openings.add_absence(agent=agent, period=TOMORROW, actor=OPERATOR, now=NOW)
        extra = openings.add_extra_opening(agent=agent, period=TOMORROW, actor=OPERATOR, now=NOW)
    assert queries.absences_to_come(agent, now=NOW) == [absence]
    assert queries.extra_openings_to_come(agent, now=NOW) == [extra]
    for _ in range(2):
        openings.remove_absence(absence=absence, actor=OPERATOR, now=NOW)
        openings.remove_extra_opening(extra=extra, actor=OPERATOR, now=NOW)

    assert queries.absences_to_come(agent, now=NOW) == []
    verbs = [entry.verb for entry in Entry.objects.about("agent", str(agent.pk))]
    assert verbs[-4:] == [
        "absence_added",
        "extra_opening_added",
        "absence_removed",
        "extra_opening_removed",
    ]


def test_what_is_over_cannot_be_added(world: World) -> None:
    with pytest.raises(openings.SpanOver):
        openings.add_absence(agent=world.agent, period=PAST, actor=OPERATOR, now=NOW)
    with pytest.raises(openings.SpanOver):
        openings.add_extra_opening(agent=world.agent, period=PAST, actor=OPERATOR, now=NOW)


def test_a_stretch_joins_the_week_once_and_never_lies_over_another(world: World) -> None:
    def add(rule: WeeklyRule) -> int:
        opening = openings.add_opening(
            agent=world.agent, rule=rule, today=NOW.date(), actor=OPERATOR, now=NOW
        )
        return opening.pk

    assert add(MORNING) == add(MORNING)
    with pytest.raises(openings.OpeningsOverlap):
        add(WeeklyRule(1, 11 * 60, 14 * 60))
    with pytest.raises(openings.OpeningOver):
        add(WeeklyRule(2, 60, 120, until=NOW.date() - timedelta(days=1)))
    (held,) = queries.openings_of(world.agent)
    assert held.rule() == MORNING


def test_a_stretch_taken_out_twice_is_noted_once(world: World) -> None:
    opening = openings.add_opening(
        agent=world.agent, rule=MORNING, today=NOW.date(), actor=OPERATOR, now=NOW
    )
    openings.remove_opening(opening=opening, actor=OPERATOR, now=NOW)
    before = Entry.objects.count()
    openings.remove_opening(opening=opening, actor=OPERATOR, now=NOW)
    assert queries.openings_of(world.agent) == []
    assert Entry.objects.count() == before


def test_a_stretch_of_the_week_is_changed_and_never_lies_over_another(world: World) -> None:
    agent, today = world.agent, NOW.date()
    rules = [MORNING, WeeklyRule(1, 14 * 60, 17 * 60)]
    openings.set_openings(agent=agent, rules=rules, actor=OPERATOR, now=NOW)
    first, second = queries.openings_of(agent)

    def change(opening: Opening, rule: WeeklyRule) -> Opening:
        return openings.change_opening(
            opening=opening, rule=rule, today=today, actor=OPERATOR, now=NOW
        )

    evening = WeeklyRule(1, 13 * 60, 24 * 60)
    with pytest.raises(openings.OpeningsOverlap):
        change(first, WeeklyRule(1, 16 * 60, 18 * 60))
    with pytest.raises(openings.OpeningOver):
        change(first, WeeklyRule(2, 60, 120, until=today - timedelta(days=1)))
    assert change(second, evening).pk == second.pk
    assert [opening.rule() for opening in queries.openings_of(agent)] == [MORNING, evening]
    entries = Entry.objects.count()
    change(second, evening)
    assert Entry.objects.count() == entries
    openings.remove_opening(opening=first, actor=OPERATOR, now=NOW)
    with pytest.raises(openings.OpeningGone):
        change(first, MORNING)


@pytest.mark.parametrize("kind", ["absence", "extra"])
def test_what_touches_or_overlaps_becomes_one(world: World, kind: str) -> None:
    add = openings.add_absence if kind == "absence" else openings.add_extra_opening
    rows = Absence.objects if kind == "absence" else ExtraOpening.objects
    hour = timedelta(hours=1)

    def keep(start: int, end: int, note: str) -> None:
        period = Period(NOW + start * hour, NOW + end * hour)
        add(agent=world.agent, period=period, note=note, actor=OPERATOR, now=NOW)

    keep(1, 3, "formation")
    first = rows.get().pk
    keep(8, 9, "")
    assert rows.count() == 2
    keep(3, 5, "train")
    keep(4, 8, "train")

    joined = rows.get()
    assert joined.pk == first
    assert joined.period() == Period(NOW + hour, NOW + 9 * hour)
    assert joined.note == "formation ; train"
    keep(2, 4, "")
    assert rows.get().note == "formation ; train"


def test_a_changed_absence_joins_what_it_then_touches(world: World) -> None:
    hour = timedelta(hours=1)
    early, late = (
        openings.add_absence(
            agent=world.agent,
            period=Period(NOW + start * hour, NOW + (start + 1) * hour),
            actor=OPERATOR,
            now=NOW,
        )
        for start in (1, 5)
    )

    def change(absence: Absence, end: int) -> Absence:
        period = Period(NOW + hour, NOW + end * hour)
        return openings.change_absence(
            absence=absence, period=period, note="rendez-vous", actor=OPERATOR, now=NOW
        )

    assert change(early, 3).period() == Period(NOW + hour, NOW + 3 * hour)
    assert change(late, 4).pk == late.pk
    assert queries.absences_to_come(world.agent, now=NOW) == [late]
    assert Absence.objects.get().ends_at == NOW + 4 * hour
    with pytest.raises(openings.OpeningGone):
        change(early, 2)


def test_an_extra_opening_is_changed_alone(world: World) -> None:
    extra = openings.add_extra_opening(agent=world.agent, period=TOMORROW, actor=OPERATOR, now=NOW)
    later = Period(TOMORROW.start + timedelta(days=1), TOMORROW.end + timedelta(days=1))
    openings.change_extra_opening(extra=extra, period=later, note="", actor=OPERATOR, now=NOW)
    assert ExtraOpening.objects.get().period() == later
    with pytest.raises(openings.SpanOver):
        openings.change_extra_opening(extra=extra, period=PAST, note="", actor=OPERATOR, now=NOW)
