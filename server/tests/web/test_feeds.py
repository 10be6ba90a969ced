from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from factories import NOW
from web.valley import Valley

from cordee.accounts.models import User
from cordee.directory import feed as agent_feeds
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.territory import feed as site_feeds


@pytest.fixture
def addresses(valley: Valley) -> list[str]:
    valley.visit(citizen="Lucie Bonnard")
    agent = agent_feeds.make_feed(agent=valley.agent, actor=OPERATOR, now=NOW)
    site = site_feeds.make_feed(site=valley.site, actor=OPERATOR, now=NOW)
    return [
        f"/agenda/agent/{valley.agent.pk}/{agent}.ics",
        f"/agenda/lieu/{valley.site.pk}/{site}.ics",
    ]


def test_whoever_has_the_address_reads_the_feed(addresses: list[str]) -> None:
    for address in addresses:
        answer = Client().get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Cache-Control"] == "private, max-age=300"
        assert "BEGIN:VEVENT" in answer.content.decode()
        assert "Bonnard" not in answer.content.decode()


def test_a_calendar_that_has_it_already_is_sent_nothing(addresses: list[str]) -> None:
    for address in addresses:
        etag = Client().get(address)["ETag"]
        again = Client().get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


def test_a_replaced_or_removed_address_opens_nothing(valley: Valley, addresses: list[str]) -> None:
    agent_feeds.make_feed(agent=valley.agent, actor=OPERATOR, now=NOW)
    site_feeds.remove_feed(site=valley.site, actor=OPERATOR, now=NOW)

    assert [Client().get(address).status_code for address in addresses] == [404, 404]


def test_a_host_makes_replaces_and_removes_the_feed_of_their_place(
    valley: Valley, signed_in: Callable[[User], Client]
) -> None:
    valley.visit(citizen="Lucie Bonnard")
    desk, found = signed_in(valley.host), []
    desk.post("/accueil/lieu/", {"site": valley.site.pk})
    for act in ("make_feed", "make_feed", "remove_feed"):
        page = desk.post("/accueil/agenda/", {"act": act}, follow=True).content.decode()
        found.append(re.search(r"http://testserver(/agenda/lieu/\S+\.ics)<", page))
        assert [Client().get(each[1]).status_code for each in found if each][-1:] == (
            [200] if act == "make_feed" else [404]
        )
    first, second, none = found
    assert none is None
    assert first
    assert second
    assert first[1] != second[1]
    assert Client().get(first[1]).status_code == 404
    verbs = Entry.objects.filter(object_kind="site", actor_id=str(valley.host.pk))
    made = [verb for verb in verbs.values_list("verb", flat=True) if verb.startswith("feed")]
    assert sorted(made) == ["feed_made", "feed_made", "feed_removed"]
    assert signed_in(valley.agent.user).get("/accueil/agenda/").status_code == 403


def test_the_feed_of_an_account_that_is_closed_opens_nothing(
    valley: Valley, addresses: list[str]
) -> None:
    valley.agent.user.is_active = False
    valley.agent.user.save()

    assert Client().get(addresses[0]).status_code == 404


def test_without_an_address_no_token_opens_anything(valley: Valley) -> None:
    number = valley.agent.pk
    for path in (
        f"/agenda/agent/{number}/x.ics",
        f"/agenda/agent/{number}/é.ics",
        f"/agenda/agent/{number}/.ics",
        f"/agenda/lieu/{valley.site.pk}/x.ics",
        f"/agenda/agent/{10**30}/x.ics",
        "/agenda/agent/-1/x.ics",
    ):
        assert Client().get(path).status_code == 404


def test_making_and_removing_are_journalled_without_the_token(
    valley: Valley, addresses: list[str]
) -> None:
    for _ in range(2):
        agent_feeds.remove_feed(agent=valley.agent, actor=OPERATOR, now=NOW)

    entries = list(Entry.objects.order_by("pk"))
    assert [(entry.verb, entry.object_kind) for entry in entries] == [
        ("feed_made", "agent"),
        ("feed_made", "site"),
        ("feed_removed", "agent"),
    ]
    assert not any(addresses[0].rsplit("/", 1)[1][:20] in str(vars(entry)) for entry in entries)


def test_the_address_that_people_are_sent_opens_the_page_of_their_code(db: None) -> None:
    page = Client().get("/rdv/7KQF2M9T")
    assert page.status_code == 200
    assert "7KQF2M9T" in page.content.decode()
