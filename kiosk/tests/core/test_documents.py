"""A PDF that the partner's page offers: told to both, sealed to the agent with leave only."""

from __future__ import annotations

import pytest

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core.documents import MOST
from cordee_wire import control
from core.kiosk import VISIT, Kiosk

DOCUMENT, PAGE = "7" * 32, "9" * 32
RECEIVE = control.Receive(id=50, document=DOCUMENT)


@pytest.fixture
def kiosk() -> Kiosk:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(e.DocumentOffered(DOCUMENT, 48_211))
    return kiosk


def test_both_are_told_that_it_has_come(kiosk: Kiosk) -> None:
    assert kiosk.said(control.DocumentOffered) == [
        control.DocumentOffered(document=DOCUMENT, size_bytes=48_211)
    ]
    told = "Un document est arrivé. Il reste sur cette borne."
    assert (kiosk.shown.note, kiosk.all(c.SayPrompt)[-1].text) == (told, told)
    assert kiosk.facts("document_offered")[0].detail == {"size_bytes": 48_211}


def test_it_is_sealed_and_sent_as_a_sheet_is_but_is_none(kiosk: Kiosk) -> None:
    kiosk.give("control", "scan")
    kiosk.agent(RECEIVE)
    [sealing] = kiosk.all(c.SealDocument)
    assert (sealing.document, sealing.entry.visit) == (DOCUMENT, VISIT)
    assert kiosk.shown.scanning == "sealing"
    kiosk.feed(e.ScanWent(id=50, state="sending", page=PAGE, size_bytes=9, sha256="ab" * 32))
    assert kiosk.facts("document_sealed")[0].detail["page"] == PAGE
    assert not kiosk.facts("scanned")
    kiosk.feed(e.PageDelivered(page=PAGE, visit=VISIT))
    states = [each.state for each in kiosk.said(control.ScanState)]
    assert states == ["sealing", "sending", "sent"]
    # It came from the site: it is no paper of the stand, to be attached.
    kiosk.agent(control.Attach(id=51, node=7, pages=[PAGE]))
    assert kiosk.said(control.Done)[-1].code == "page_unknown"


def test_without_leave_it_stays(kiosk: Kiosk) -> None:
    kiosk.agent(RECEIVE)
    assert kiosk.said(control.Done)[-1].code == "no_grant"
    assert not kiosk.all(c.SealDocument)


@pytest.mark.parametrize("name", ["8" * 32, "../../etc/passwd"])
def test_name_that_was_not_told_is_refused(kiosk: Kiosk, name: str) -> None:
    kiosk.give("scan")
    kiosk.agent(control.Receive(id=50, document=name))
    assert kiosk.said(control.Done)[-1].code == "page_unknown"
    assert not kiosk.all(c.SealDocument)


def test_stop_halts_the_sealing(kiosk: Kiosk) -> None:
    kiosk.give("scan")
    kiosk.agent(RECEIVE)
    kiosk.feed(e.StopPressed())
    assert kiosk.all(c.HaltScan)
    kiosk.feed(e.ScanWent(id=50, state="sending", page=PAGE, size_bytes=9, sha256="ab" * 32))
    assert not kiosk.facts("document_sealed")


def test_unseen_page_tells_nothing() -> None:
    kiosk = Kiosk().live()
    kiosk.feed(e.DocumentOffered(DOCUMENT, 9))
    assert not kiosk.said(control.DocumentOffered)
    assert "document_refused" in kiosk.rejects()


def test_page_gone_wild_is_not_listened_to_for_ever(kiosk: Kiosk) -> None:
    for number in range(2 * MOST):
        kiosk.feed(e.DocumentOffered(f"{number:032}", 9))
    assert len(kiosk.said(control.DocumentOffered)) == MOST
