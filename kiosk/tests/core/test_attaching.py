"""Scanned pages into the partner's page: told before, stopped until then, none but this visit's."""

from __future__ import annotations

import base64

import pytest

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_wire import control, stage
from core.kiosk import Kiosk

PAGE, OTHER = "9" * 32, "8" * 32
SMALL = b"\xff\xd8 small"
HOST = "partenaire.invalid"
ATTACH = control.Attach(id=40, node=7, pages=[PAGE])


def scanned(kiosk: Kiosk, page: str = PAGE, scan_id: int = 30) -> Kiosk:
    kiosk.agent(control.Scan(id=scan_id))
    kiosk.feed(e.ScanWent(id=scan_id, state="sealing"))
    kiosk.feed(
        e.ScanWent(id=scan_id, state="sending", page=page, sha256="ab" * 32, small=SMALL),
    )
    return kiosk


@pytest.fixture
def kiosk() -> Kiosk:
    return scanned(Kiosk().live().give("see", "control", "scan"))


def spoken(kiosk: Kiosk) -> None:
    kiosk.stage(stage.Spoken(id=kiosk.all(c.SayPrompt)[-1].id))


def attached(kiosk: Kiosk) -> list[c.DoVerb]:
    return [each for each in kiosk.all(c.DoVerb) if isinstance(each.verb, control.Attach)]


def test_page_goes_once_the_citizen_has_heard_and_seen_where(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    said = kiosk.all(c.SayPrompt)[-1]
    assert said.text == (
        f"Madame Martin joint votre feuille au site {HOST}. Pour l’empêcher : ARRÊTER."
    )
    assert (kiosk.shown.attaching, kiosk.shown.guest_host) == (1, HOST)
    assert base64.b64decode(kiosk.shown.attaching_picture) == SMALL
    kiosk.until(kiosk.now + 4)
    assert not attached(kiosk)
    spoken(kiosk)
    assert [each.verb for each in attached(kiosk)] == [ATTACH]
    kiosk.feed(e.VerbAnswered(ATTACH, control.Done(id=40, ok=True)))
    assert kiosk.facts("attached")[0].detail == {"page": PAGE, "host": HOST}
    assert (kiosk.shown.attaching, kiosk.shown.attaching_picture) == (0, "")


def test_short_sentence_still_leaves_time_for_stop(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    spoken(kiosk)
    kiosk.until(kiosk.now + 1.9)
    assert not attached(kiosk)
    kiosk.until(kiosk.now + 0.2)
    assert attached(kiosk)


def test_without_a_voice_the_screen_has_longer(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    kiosk.feed(e.VoiceFailed(kiosk.all(c.SayPrompt)[-1].id))
    kiosk.until(kiosk.now + 5.9)
    assert not attached(kiosk)
    kiosk.until(kiosk.now + 0.2)
    assert attached(kiosk)


def test_sentence_that_never_ends_lets_nothing_go(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    kiosk.until(kiosk.now + 60)
    assert not attached(kiosk)
    assert kiosk.said(control.Done)[-1].code == "failed"
    assert kiosk.shown.attaching == 0


@pytest.mark.parametrize("how", ["stop", "give_back", "cut", "guest"])
def test_whatever_ends_the_leave_ends_it_before_it_goes(kiosk: Kiosk, how: str) -> None:
    kiosk.agent(ATTACH)
    match how:
        case "stop":
            kiosk.feed(e.StopPressed())
        case "give_back":
            kiosk.agent(control.GiveBack(act="control"))
        case "cut":
            kiosk.line("failed", "closed")
        case _:
            kiosk.feed(e.GuestGone())
    spoken(kiosk)
    kiosk.until(kiosk.now + 30)
    assert not attached(kiosk)
    assert not kiosk.facts("attached")
    done = [each for each in kiosk.said(control.Done) if each.id == ATTACH.id]
    assert [(each.ok, each.code) for each in done] == [(False, "no_grant")]
    assert kiosk.shown.attaching == 0


def test_page_that_moved_to_another_site_gets_nothing(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    kiosk.feed(e.GuestWent("https://ailleurs.invalid/", "", may_back=True, may_forward=False))
    spoken(kiosk)
    kiosk.until(kiosk.now + 5)
    assert not attached(kiosk)
    assert kiosk.said(control.Done)[-1].code == "gone"


@pytest.mark.parametrize("pages", [["../../etc/passwd"], ["/etc/passwd"], [OTHER], [PAGE, OTHER]])
def test_what_was_not_scanned_here_is_refused(kiosk: Kiosk, pages: list[str]) -> None:
    kiosk.agent(control.Attach(id=40, node=7, pages=pages))
    assert kiosk.said(control.Done)[-1].code == "page_unknown"
    kiosk.until(kiosk.now + 30)
    assert not attached(kiosk)
    assert kiosk.facts("rejected")[-1].detail == {"code": "page_unknown"}


@pytest.mark.parametrize("pages", [[], [PAGE, PAGE]])
def test_no_page_and_one_twice_are_refused(kiosk: Kiosk, pages: list[str]) -> None:
    kiosk.agent(control.Attach(id=40, node=7, pages=pages))
    assert kiosk.said(control.Done)[-1].code == "bad_request"


def test_nothing_scanned_is_said_so() -> None:
    kiosk = Kiosk().live().give("see", "control", "scan")
    kiosk.agent(ATTACH)
    done = kiosk.said(control.Done)[-1]
    assert done.code == "page_unknown"
    assert "Aucune feuille n’est numérisée" in done.message


def test_without_leave_to_fill_in_it_is_refused() -> None:
    kiosk = scanned(Kiosk().live().give("see", "scan"))
    kiosk.agent(ATTACH)
    assert kiosk.said(control.Done)[-1].code == "no_grant"
    assert kiosk.shown.attaching == 0


def test_one_at_a_time(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    kiosk.agent(control.Attach(id=41, node=7, pages=[PAGE]))
    assert kiosk.said(control.Done)[-1].code == "busy"
    spoken(kiosk)
    kiosk.until(kiosk.now + 3)
    assert [each.verb.id for each in attached(kiosk)] == [40]


def test_a_field_that_refuses_leaves_no_fact_and_lets_the_next_try(kiosk: Kiosk) -> None:
    kiosk.agent(ATTACH)
    spoken(kiosk)
    kiosk.until(kiosk.now + 3)
    kiosk.feed(e.VerbAnswered(ATTACH, control.Done(id=40, ok=False, code="not_accepted")))
    assert not kiosk.facts("attached")
    kiosk.agent(control.Attach(id=41, node=7, pages=[PAGE]))
    assert kiosk.shown.attaching == 1


def test_several_pages_are_counted_aloud(kiosk: Kiosk) -> None:
    scanned(kiosk, OTHER, 31)
    kiosk.agent(control.Attach(id=40, node=7, pages=[PAGE, OTHER]))
    assert "joint vos 2 feuilles au site" in kiosk.all(c.SayPrompt)[-1].text
    assert kiosk.shown.attaching == 2


def test_end_of_the_visit_forgets_every_page(kiosk: Kiosk) -> None:
    kiosk.agent(control.End())
    assert kiosk.all(c.ForgetPapers)
    assert kiosk.machine.visit is not None
    assert not kiosk.machine.visit.attaching.pages
