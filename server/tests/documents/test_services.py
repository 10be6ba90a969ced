from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import NOW, TEN, World, new_recipient, sealed
from pytest_django import Settings

from cordee.documents import files, services
from cordee.documents.models import SealedPage
from cordee.documents.queries import offset_of, page_of_agent, pages_of
from cordee.documents.rules import PAGE_LIMIT_BYTES, PageState
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.ids import new_hex
from cordee.visits.models import Visit
from cordee_wire.http import PageOffered


@pytest.fixture
def visit(world: World) -> Visit:
    key = world.offer_keys()
    world.certify(key)
    world.recipients[world.agent.pk] = key.recipient
    return world.book()


def _offer(
    world: World,
    visit: Visit,
    data: bytes,
    *,
    page: str = "",
    size_bytes: int | None = None,
    recipients: list[str] | None = None,
) -> SealedPage:
    offered = PageOffered(
        page=page or new_hex(),
        visit=visit.public_id,
        size_bytes=len(data) if size_bytes is None else size_bytes,
        sha256=hashlib.sha256(data).hexdigest(),
        recipients=[world.recipients[world.agent.pk]] if recipients is None else recipients,
    )
    return services.offer(kiosk=world.box.kiosk, offered=offered, now=TEN)


def _append(
    world: World, page: SealedPage, offset: int, chunk: bytes, *, now: datetime = TEN
) -> SealedPage:
    return services.append(
        kiosk=world.box.kiosk, page_id=page.public_id, offset=offset, chunk=chunk, now=now
    )


def _stored(settings: Settings) -> list[Path]:
    return list(Path(settings.PAGES).glob("*")) if Path(settings.PAGES).exists() else []


def test_a_page_comes_in_pieces_and_is_whole_when_its_digest_is_right(
    world: World, visit: Visit
) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)

    assert offset_of(_append(world, page, 0, data[:400])).complete is False
    whole = _append(world, page, 400, data[400:])

    assert offset_of(whole).complete is True
    assert files.read(page.public_id) == data
    assert [listed.state for listed in pages_of(visit).pages] == ["whole"]
    verbs = list(Entry.objects.filter(object_kind="page").values_list("verb", flat=True))
    assert verbs == ["page_offered", "page_received"]


def test_the_same_offer_twice_says_how_much_is_here(world: World, visit: Visit) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)
    _append(world, page, 0, data[:400])

    again = _offer(world, visit, data, page=page.public_id)

    assert (again.pk, again.offset) == (page.pk, 400)


def test_a_piece_at_another_offset_is_refused_with_the_right_one(
    world: World, visit: Visit
) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)
    _append(world, page, 0, data[:400])

    for offset in (0, 300, 500):
        with pytest.raises(services.OffsetDiffers) as refused:
            _append(world, page, offset, data[offset : offset + 10])
        assert refused.value.page.offset == 400


def test_what_a_crash_left_after_the_known_offset_is_written_over(
    world: World, visit: Visit
) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)
    _append(world, page, 0, data[:400])
    files.write(page.public_id, offset=400, chunk=b"x" * 900)

    _append(world, page, 400, data[400:])

    assert files.read(page.public_id) == data


def test_a_damaged_page_starts_again_from_nothing(world: World, visit: Visit) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)

    with pytest.raises(services.DigestWrong):
        _append(world, page, 0, data[:-1] + b"!")

    page.refresh_from_db()
    assert (page.offset, page.state) == (0, PageState.ARRIVING)
    assert files.read(page.public_id) is None
    assert offset_of(_append(world, page, 0, data)).complete


def test_plaintext_never_reaches_the_disk(world: World, visit: Visit, settings: Settings) -> None:
    data = b"CANARY" * 200
    page = _offer(world, visit, data)

    with pytest.raises(services.NotSealed):
        _append(world, page, 0, data)
    assert _stored(settings) == []


def test_a_page_of_anothers_visit_is_refused(world: World, visit: Visit) -> None:
    data = sealed()
    world.box, world.other_box = world.other_box, world.box

    with pytest.raises(services.PageElsewhere):
        _offer(world, visit, data)


def test_a_kiosk_cannot_add_to_anothers_page(world: World, visit: Visit) -> None:
    data = sealed()
    page = _offer(world, visit, data)
    world.box, world.other_box = world.other_box, world.box

    with pytest.raises(services.PageElsewhere):
        _append(world, page, 0, data)


def test_a_page_sealed_to_someone_else_is_refused(world: World, visit: Visit) -> None:
    stranger = new_recipient()
    own = world.recipients[world.agent.pk]

    for recipients in ([], [stranger], [own, stranger]):
        with pytest.raises(services.WrongRecipient):
            _offer(world, visit, sealed(), recipients=recipients)


def test_too_large_or_unreadable_offers_are_refused(world: World, visit: Visit) -> None:
    with pytest.raises(services.PageTooLarge):
        _offer(world, visit, sealed(), size_bytes=PAGE_LIMIT_BYTES + 1)
    with pytest.raises(services.PageMalformed):
        _offer(world, visit, sealed(), size_bytes=0)
    with pytest.raises(services.PageMalformed):
        _offer(world, visit, sealed(), page="../../etc/passwd")


def test_more_bytes_than_announced_are_refused(world: World, visit: Visit) -> None:
    data = sealed(1000)
    page = _offer(world, visit, data)

    with pytest.raises(services.ChunkTooLarge):
        _append(world, page, 0, data + b"x")


def test_a_page_is_found_by_its_own_agent_only(world: World, visit: Visit) -> None:
    page = _offer(world, visit, sealed())

    assert page_of_agent(world.agent, page.public_id) == page
    assert page_of_agent(world.stranger, page.public_id) is None


def _whole(world: World, visit: Visit) -> SealedPage:
    data = sealed()
    page = _offer(world, visit, data)
    return _append(world, page, 0, data)


def test_an_acknowledged_page_leaves_soon(world: World, visit: Visit) -> None:
    page = _whole(world, visit)
    services.acknowledge(page=page, actor=OPERATOR, now=TEN)

    assert services.purge(now=TEN + timedelta(minutes=9)) == 0
    assert services.purge(now=TEN + timedelta(minutes=11)) == 1
    page.refresh_from_db()
    assert page.state == PageState.PURGED
    assert files.read(page.public_id) is None


def test_any_bytes_leave_within_a_day_of_the_last(world: World, visit: Visit) -> None:
    whole, arriving = _whole(world, visit), _offer(world, visit, sealed(500))
    _append(world, arriving, 0, sealed(500)[:100])

    assert services.purge(now=TEN + timedelta(hours=23)) == 0
    assert services.purge(now=TEN + timedelta(hours=24)) == 1
    assert services.purge(now=TEN + timedelta(hours=25)) == 0
    assert files.stored() == set()
    assert SealedPage.objects.get(state=PageState.PURGED).pk == whole.pk


def test_a_page_cut_off_on_the_way_is_taken_whole_days_later(world: World, visit: Visit) -> None:
    data = sealed(500)
    page = _offer(world, visit, data)
    _append(world, page, 0, data[:100])
    services.purge(now=TEN + timedelta(days=3))

    again = _offer(world, visit, data, page=page.public_id)
    at = offset_of(again)
    assert (again.pk, at.offset, at.complete) == (page.pk, 0, False)
    late = TEN + timedelta(days=3, hours=1)
    _append(world, page, 0, data, now=late)
    assert services.purge(now=late + timedelta(hours=23)) == 0
    assert files.read(page.public_id) == data
    assert offset_of(SealedPage.objects.get(pk=page.pk)).complete


def test_a_page_that_never_came_is_refused_after_a_week_and_never_called_complete(
    world: World, visit: Visit
) -> None:
    data = sealed()
    page = _offer(world, visit, data)
    assert services.purge(now=TEN + timedelta(days=7)) == 1

    with pytest.raises(services.VisitOver):
        _offer(world, visit, data, page=page.public_id)
    assert not offset_of(SealedPage.objects.get(pk=page.pk)).complete
    with pytest.raises(services.OffsetDiffers):
        _append(world, page, 0, data)
    assert files.stored() == set()


def test_a_file_that_no_page_knows_is_removed(world: World, visit: Visit) -> None:
    page = _whole(world, visit)
    files.write(new_hex(), offset=0, chunk=sealed())

    services.purge(now=NOW)

    assert files.stored() == {page.public_id}


def test_a_visit_brings_so_many_pages_and_no_more(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "VISIT_PAGES_LIMIT", 2)
    first = _offer(world, visit, sealed(100))
    _offer(world, visit, sealed(200))

    with pytest.raises(services.VisitFull):
        _offer(world, visit, sealed(300))
    assert _offer(world, visit, sealed(100), page=first.public_id) == first


def test_a_visit_brings_so_many_bytes_and_no_more(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "VISIT_LIMIT_BYTES", 500)
    _offer(world, visit, sealed(300))

    with pytest.raises(services.VisitFull):
        _offer(world, visit, sealed(201))
    _offer(world, visit, sealed(200))


def test_a_visit_that_is_long_over_brings_nothing_more(world: World, visit: Visit) -> None:
    data = sealed()
    offered = PageOffered(
        page=new_hex(),
        visit=visit.public_id,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        recipients=[world.recipients[world.agent.pk]],
    )
    last = visit.appointment.ends_at + timedelta(days=7)

    with pytest.raises(services.VisitOver):
        services.offer(kiosk=world.box.kiosk, offered=offered, now=last + timedelta(seconds=1))
    services.offer(kiosk=world.box.kiosk, offered=offered, now=last)
