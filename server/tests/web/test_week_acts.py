"""Changes of the week as the time grid asks for them: answered, refused, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley

from cordee.accounts.models import User
from cordee.directory.models import Absence, ExtraOpening, Opening

SignIn = Callable[[User], Client]
Act = Callable[..., dict[str, Any]]
PARIS = ZoneInfo("Europe/Paris")
ACT = "/guichet/semaine/changer/"
TUESDAY = {"weekday": 1, "starts": "09:00", "ends": "12:00"}


@pytest.fixture
def client(valley: Valley, signed_in: SignIn) -> Client:
    return signed_in(valley.agent.user)


@pytest.fixture
def act(client: Client) -> Act:
    def send(name: str, kind: str, *, status: int = 200, **fields: object) -> dict[str, Any]:
        answer = client.post(ACT, {"act": name, "kind": kind, **fields})
        assert answer.status_code == status
        found: dict[str, Any] = answer.json()
        return found

    return send


def coming_day() -> date:
    return timezone.localdate() + timedelta(days=7)


def span(starts: str, ends: str) -> dict[str, str]:
    return {"first_day": str(coming_day()), "last_day": str(coming_day())} | {
        "starts": starts,
        "ends": ends,
    }


def kept(model: type[Opening | ExtraOpening | Absence]) -> list[str]:
    rows: list[Opening | ExtraOpening | Absence] = list(model.objects.order_by("pk"))
    return [str(row.rule() if isinstance(row, Opening) else row.period()) for row in rows]


@pytest.mark.parametrize(
    ("kind", "model", "before", "after"),
    [
        ("opening", Opening, TUESDAY, {"weekday": 2, "starts": "10:00", "ends": "24:00"}),
        ("extra", ExtraOpening, span("09:00", "10:00"), span("11:00", "12:00")),
        ("absence", Absence, span("09:00", "10:00"), span("11:00", "24:00")),
    ],
)
def test_each_change_is_answered_with_what_undoes_it(
    act: Act,
    kind: str,
    model: type[Opening | ExtraOpening | Absence],
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    added = act("add", kind, **before)
    first = kept(model)
    (row,) = model.objects.all()
    changed = act("change", kind, key=row.pk, **after)
    assert "→" in changed["said"]
    assert kept(model) != first
    second = kept(model)
    act(**_named(changed["undo"]))
    assert kept(model) == first
    removed = act("remove", kind, key=row.pk)
    assert removed["said"].startswith("Retiré")
    assert kept(model) == []
    act(**_named(removed["undo"]))
    assert kept(model) == first != second
    act("remove", kind, key=model.objects.get().pk)
    assert added["undo"] == {"act": "remove", "kind": kind, "key": row.pk}


def _named(undo: dict[str, Any]) -> dict[str, Any]:
    return {"name": undo["act"], **{name: undo[name] for name in undo if name != "act"}}


def test_a_move_keeps_the_dates_of_an_opening_and_the_note_of_an_absence(
    act: Act, client: Client, valley: Valley
) -> None:
    until = coming_day()
    act("add", "opening", **TUESDAY, until=until)
    opening = Opening.objects.get()
    act("change", "opening", key=opening.pk, weekday=3, starts="09:00", ends="12:00")
    opening.refresh_from_db()
    assert (opening.weekday, opening.until_on) == (3, until)
    later = {"weekday": 3, "starts": "10:00", "ends": "12:00"}
    said = act("change", "opening", key=opening.pk, **later)["said"]
    assert said == "Jeudi 09:00–12:00 → 10:00–12:00."
    act("add", "absence", **span("09:00", "10:00"), note="gare")
    act("change", "absence", key=Absence.objects.get().pk, **span("11:00", "12:00"))
    assert Absence.objects.get().note == "gare"


def test_a_refusal_is_said_in_plain_words_and_nothing_changes(act: Act) -> None:
    act("add", "opening", **TUESDAY)
    over = {"weekday": 1, "starts": "11:00", "ends": "13:00"}
    assert "se chevauchent" in act("add", "opening", status=422, **over)["said"]
    backwards = span("12:00", "11:00")
    assert "La fin vient avant le début" in act("add", "extra", status=422, **backwards)["said"]
    yesterday = str(timezone.localdate() - timedelta(days=1))
    past = {**span("09:00", "10:00"), "first_day": yesterday, "last_day": yesterday}
    assert "déjà finie" in act("add", "absence", status=422, **past)["said"]
    assert Opening.objects.count() == 1
    assert not ExtraOpening.objects.exists()
    assert not Absence.objects.exists()


def test_an_absence_that_touches_somebody_leads_to_the_page_that_shows_whom(
    act: Act, client: Client, valley: Valley
) -> None:
    valley.visit(datetime.combine(coming_day(), time(10), PARIS), "Lucie")
    address = act("add", "absence", **span("09:00", "12:00"))["goto"]
    assert not Absence.objects.exists()
    assert "Lucie" in client.get(address).content.decode()
    act("add", "absence", **span("14:00", "15:00"))
    held = Absence.objects.get()
    address = act("change", "absence", key=held.pk, **span("09:00", "12:00"))["goto"]
    assert address.startswith(f"/guichet/semaine/absence/{held.pk}/?")
    assert "Lucie" in client.get(address).content.decode()
    assert Absence.objects.get().period() == held.period()


def test_an_absence_that_leaves_a_call_to_others_leads_to_the_page_that_shows_whom(
    act: Act, client: Client, valley: Valley
) -> None:
    valley.call(datetime.combine(coming_day(), time(10), PARIS), "Odette")
    address = act("add", "absence", **span("09:00", "12:00"))["goto"]
    assert not Absence.objects.exists()
    assert "Odette" in client.get(address).content.decode()


def test_what_joins_others_cannot_be_undone_in_one_step(act: Act) -> None:
    act("add", "absence", **span("09:00", "10:00"))
    joined = act("add", "absence", **span("10:00", "11:00"))
    assert joined["undo"] is None
    assert joined["said"] == "Réuni avec ce qui y touche."
    act("add", "absence", **span("14:00", "15:00"))
    later = Absence.objects.latest("pk")
    assert act("change", "absence", key=later.pk, **span("11:00", "15:00"))["undo"] is None
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"act": "add", "kind": "visit"},
        {"act": "burn", "kind": "opening"},
    ],
)
def test_what_is_no_act_on_ones_own_week_does_not_exist(
    client: Client, asked: dict[str, str]
) -> None:
    assert client.post(ACT, asked).status_code == 404


@pytest.mark.parametrize("key", ["999", "x\0", ""])
@pytest.mark.parametrize("kind", ["opening", "extra", "absence"])
def test_what_was_taken_back_meanwhile_is_said_to_be_gone(
    client: Client, kind: str, key: str
) -> None:
    removed = client.post(ACT, {"act": "remove", "kind": kind, "key": key})
    assert removed.json() == {"said": "C’est déjà retiré.", "undo": None}
    changed = client.post(ACT, {"act": "change", "kind": kind, "key": key})
    assert changed.status_code == 422
    assert changed.json()["said"].startswith("Cette période n’existe plus.")


def test_nobody_changes_anothers_week(act: Act, valley: Valley, signed_in: SignIn) -> None:
    act("add", "opening", **TUESDAY)
    asked = {"act": "remove", "kind": "opening", "key": Opening.objects.get().pk}
    stranger = signed_in(valley.stranger.user)
    assert stranger.post(ACT, asked).json() == {"said": "C’est déjà retiré.", "undo": None}
    changed = stranger.post(ACT, {**asked, "act": "change", **TUESDAY})
    assert changed.status_code == 422
    assert signed_in(valley.host).post(ACT, asked).status_code in {302, 403}
    assert Opening.objects.exists()


def test_a_change_needs_the_token_of_the_page(valley: Valley) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(valley.agent.user)
    assert strict.post(ACT, {"act": "add", "kind": "opening", **TUESDAY}).status_code == 403
    assert not Opening.objects.exists()


def test_the_page_says_where_each_stretch_stands(act: Act, client: Client) -> None:
    act("add", "absence", **span("09:00", "24:00"))
    last = str(coming_day() + timedelta(days=1))
    act("add", "extra", **{**span("18:00", "10:00"), "last_day": last})
    page = client.get(f"/guichet/semaine/?semaine={coming_day()}").content.decode()
    key = Absence.objects.get().pk
    assert (
        f'<li class="absence" data-start="540" data-end="1440" data-key="{key}"'
        f' data-change="/guichet/semaine/absence/{key}/" data-movable>'
    ) in page
    extra = ExtraOpening.objects.get().pk
    assert f'data-start="1080" data-end="1440" data-key="{extra}"' in page
    assert f'data-change="/guichet/semaine/ouverture/{extra}/" data-movable' not in page
