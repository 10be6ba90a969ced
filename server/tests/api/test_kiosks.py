from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from api.requests import PAGE, PAGES, ask, json_of, offer, patch
from django.test import Client
from django.utils import timezone
from factories import NOW, World, new_private_key, sealed
from pytest_django import Settings

from cordee.documents import files
from cordee.documents.models import SealedPage
from cordee.documents.rules import CHUNK_LIMIT_BYTES
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.kernel.signing import public_key_of
from cordee.visits.models import Visit

ENROL = "/api/kiosk/enrol"


def _enrol(code: str, public_key: str = "") -> tuple[int, dict[str, object]]:
    key = public_key or public_key_of(new_private_key())
    answer = Client(enforce_csrf_checks=True).post(
        ENROL, {"code": code, "public_key": key}, content_type="application/json"
    )
    return answer.status_code, answer.json()


def test_a_box_with_the_code_becomes_a_kiosk_and_gets_the_roots(world: World) -> None:
    code, _ = fleet.issue_code(kiosk=world.box.kiosk, actor=OPERATOR, now=timezone.now())

    status, enrolled = _enrol(code)

    assert status == 201
    assert enrolled["kiosk"] == world.box.kiosk.public_id
    assert enrolled["roots"] == [
        {"type": "root", "partner": "allocations", "public_key": public_key_of(world.root)}
    ]


def test_wrong_used_and_expired_codes_are_told_apart_in_plain_words(world: World) -> None:
    used, _ = fleet.issue_code(kiosk=world.box.kiosk, actor=OPERATOR, now=timezone.now())
    _enrol(used)
    long_ago = timezone.now() - timedelta(hours=1)
    expired, _ = fleet.issue_code(kiosk=world.box.kiosk, actor=OPERATOR, now=long_ago)

    answers = [_enrol(code) for code in ("AAAA-BBBB-CCCC", used, expired)]

    assert [(status, answer["code"]) for status, answer in answers] == [
        (403, "code_wrong"),
        (409, "code_used"),
        (410, "code_expired"),
    ]
    assert len({answer["message"] for _, answer in answers}) == 3


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"code": 1}', b'{"type": "root"}'])
def test_a_malformed_enrolment_is_refused_in_plain_words(db: None, body: bytes) -> None:
    answer = Client().generic("POST", ENROL, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_oversized_enrolment_is_refused(db: None) -> None:
    answer = Client().generic("POST", ENROL, b" " * 70_000, content_type="application/json")

    assert answer.status_code == 413


def test_a_page_is_brought_in_pieces(world: World, visit: Visit) -> None:
    data = sealed(1000)

    assert json_of(offer(world, visit, data))["offset"] == 0
    assert json_of(patch(world, 0, data[:600]))["offset"] == 600
    said = json_of(ask(world.box, "GET", f"{PAGES}/{PAGE}"))
    assert (said["offset"], said["complete"]) == (600, False)
    assert json_of(patch(world, 600, data[600:]))["complete"] is True
    assert files.read(PAGE) == data


def test_a_piece_at_the_wrong_offset_is_told_the_right_one(world: World, visit: Visit) -> None:
    data = sealed(1000)
    offer(world, visit, data)
    patch(world, 0, data[:600])

    answer = patch(world, 0, data[:600])

    assert (answer.status_code, json_of(answer)["offset"]) == (409, 600)


def test_a_damaged_page_is_told_to_start_again(world: World, visit: Visit) -> None:
    data = sealed(1000)
    offer(world, visit, data)

    answer = patch(world, 0, data[:-1] + b"!")

    assert (answer.status_code, json_of(answer)["offset"]) == (422, 0)
    assert json_of(patch(world, 0, data))["complete"] is True


def test_something_that_is_not_sealed_is_refused(
    world: World, visit: Visit, settings: Settings
) -> None:
    data = b"CANARY" * 100
    offer(world, visit, data)

    answer = patch(world, 0, data)

    assert (answer.status_code, json_of(answer)["code"]) == (422, "not_sealed")
    assert not list(Path(settings.PAGES).glob("*"))


def test_a_piece_above_the_limit_is_refused(world: World, visit: Visit) -> None:
    data = sealed(CHUNK_LIMIT_BYTES + 1)
    offer(world, visit, data)

    assert patch(world, 0, data).status_code == 413


def test_a_piece_without_offset_is_refused(world: World, visit: Visit) -> None:
    offer(world, visit, sealed())

    assert ask(world.box, "PATCH", f"{PAGES}/{PAGE}", sealed()).status_code == 400


def test_another_kiosk_finds_neither_visit_nor_page(world: World, visit: Visit) -> None:
    data = sealed()

    assert offer(world, visit, data, box=world.other_box).status_code == 404
    offer(world, visit, data)
    assert patch(world, 0, data, box=world.other_box).status_code == 404
    assert ask(world.other_box, "GET", f"{PAGES}/{PAGE}").status_code == 404


@pytest.mark.parametrize("off_s", [-130, 130])
def test_an_old_or_early_signature_is_refused(world: World, off_s: int) -> None:
    answer = ask(world.box, "GET", f"{PAGES}/{PAGE}", at=time.time() + off_s)

    assert (answer.status_code, json_of(answer)["code"]) == (401, "signature_wrong")


def test_another_body_than_the_signed_one_is_refused(world: World, visit: Visit) -> None:
    offer(world, visit, sealed())

    answer = ask(world.box, "PATCH", f"{PAGES}/{PAGE}", sealed(), offset=0, signed_body=sealed(500))

    assert answer.status_code == 401
    assert SealedPage.objects.get().offset == 0


def test_a_revoked_kiosk_is_refused(world: World) -> None:
    fleet.revoke(kiosk=world.box.kiosk, actor=OPERATOR, now=NOW)

    assert ask(world.box, "GET", f"{PAGES}/{PAGE}").status_code == 401


@pytest.mark.parametrize("at", ["", "soon", "nan", "inf"])
def test_a_time_that_is_none_is_refused(world: World, at: str) -> None:
    headers = {"Cordee-Kiosk": world.box.kiosk.public_id, "Cordee-Time": at}

    assert Client().get(f"{PAGES}/{PAGE}", headers=headers).status_code == 401
