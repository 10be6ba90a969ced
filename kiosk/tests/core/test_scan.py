"""Papers: one page at a time, none without leave."""

from __future__ import annotations

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_wire import control
from core.kiosk import VISIT, Kiosk

PAGE = "9" * 32


def sending(kiosk: Kiosk, scan_id: int = 5) -> None:
    kiosk.feed(e.ScanWent(id=scan_id, state="sealing"))
    kiosk.feed(e.ScanWent(id=scan_id, state="sending", page=PAGE, size_bytes=900, sha256="ab" * 32))


def test_scan_without_leave_is_refused_and_noted() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.Scan(id=5))
    assert not kiosk.all(c.ScanPage)
    assert kiosk.said(control.Done)[-1].code == "no_grant"
    assert kiosk.facts("rejected")


def test_scan_goes_from_the_stand_to_the_server() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    assert kiosk.all(c.ScanPage)[0].entry.visit == VISIT
    assert kiosk.shown.scanning == "scanning"
    sending(kiosk)
    kiosk.feed(e.PageDelivered(page=PAGE, visit=VISIT))
    states = [each.state for each in kiosk.said(control.ScanState)]
    assert states == ["scanning", "sealing", "sending", "sent"]
    assert kiosk.facts("scanned")[0].detail == {
        "page": PAGE,
        "size_bytes": 900,
        "sha256": "ab" * 32,
    }
    assert kiosk.facts("uploaded")[0].detail == {"page": PAGE}
    assert kiosk.said(control.Done)[-1].ok
    assert kiosk.shown.scanning == ""


def test_page_that_the_server_will_never_have_is_told_to_both() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    sending(kiosk)
    kiosk.feed(e.PageDelivered(page=PAGE, visit=VISIT, trouble="wrong_recipient"))
    last = kiosk.said(control.ScanState)[-1]
    assert (last.state, last.page, last.code) == ("failed", PAGE, "page_refused")
    assert "Numérisez-la de nouveau" in last.message
    assert kiosk.facts("scan_failed")[0].detail == {"code": "page_refused"}
    assert not kiosk.facts("uploaded")
    assert "pas arrivée" in kiosk.shown.note


def test_page_of_an_earlier_life_that_is_refused_is_only_logged() -> None:
    kiosk = Kiosk().up()
    kiosk.feed(e.PageDelivered(page=PAGE, visit=VISIT, trouble="not_yours"))
    assert [reject.code for reject in kiosk.all(c.Reject)] == ["page_refused"]
    assert not kiosk.facts("uploaded")


def test_leave_to_scan_lasts_for_several_pages() -> None:
    kiosk = Kiosk().live().give("scan")
    for scan_id in (5, 6):
        kiosk.agent(control.Scan(id=scan_id))
        sending(kiosk, scan_id)
    assert len(kiosk.facts("scanned")) == 2


def test_second_scan_waits_for_the_first() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    kiosk.agent(control.Scan(id=6))
    assert kiosk.said(control.Done)[-1].code == "busy"
    assert len(kiosk.all(c.ScanPage)) == 1


def test_fault_is_told_in_words_and_the_next_scan_may_start() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    kiosk.feed(e.ScanWent(id=5, state="failed", code="jammed", message="Une feuille est coincée."))
    assert kiosk.said(control.ScanState)[-1].message == "Une feuille est coincée."
    assert kiosk.facts("scan_failed")[0].detail == {"code": "jammed"}
    told = "Une feuille est coincée dans le scanner. L’accueil peut la retirer."
    assert kiosk.shown.note == told
    assert kiosk.all(c.SayPrompt)[-1] == c.SayPrompt(0, told)
    kiosk.agent(control.Scan(id=6))
    assert len(kiosk.all(c.ScanPage)) == 2
    assert kiosk.shown.note == ""


def test_fault_is_read_for_a_while_and_then_the_call_stands_alone() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    kiosk.feed(e.ScanWent(id=5, state="failed", code="cover_open", message="Ouvert."))
    assert kiosk.shown.note == "Le capot du scanner est ouvert. Fermez-le, puis dites-le."
    kiosk.until(kiosk.now + 30)
    assert kiosk.shown.note == ""
    assert "scan" in kiosk.shown.grants


def test_stop_halts_a_scan_before_it_is_sealed() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    kiosk.feed(e.StopPressed())
    assert kiosk.all(c.HaltScan)
    sending(kiosk)
    assert not kiosk.facts("scanned")
    assert "scan_unasked" in kiosk.rejects()


def test_scan_that_never_ends_is_given_up() -> None:
    kiosk = Kiosk().live().give("scan")
    kiosk.agent(control.Scan(id=5))
    kiosk.until(kiosk.now + 90)
    assert kiosk.all(c.HaltScan)
    assert kiosk.said(control.ScanState)[-1].state == "failed"
