from __future__ import annotations

import pytest
from api.requests import PAGE, offer, patch
from django.test import Client
from factories import World, new_private_key, new_recipient, sealed, signed_in

from cordee.journal.queries import entries_about
from cordee.kernel.signing import public_key_of, sign
from cordee.visits.models import Visit
from cordee_wire.http import OutcomeNoted
from cordee_wire.message import encode
from cordee_wire.signed import key_proof_payload

DATA = sealed(1000)


@pytest.fixture
def agent(world: World) -> Client:
    return signed_in(world.agent.user)


@pytest.fixture
def arrived(world: World, visit: Visit) -> Visit:
    offer(world, visit, DATA)
    patch(world, 0, DATA)
    return visit


def test_the_agent_lists_fetches_and_acknowledges_a_page(arrived: Visit, agent: Client) -> None:
    [listed] = agent.get(f"/api/visits/{arrived.public_id}/pages").json()["pages"]
    assert (listed["page"], listed["size_bytes"], listed["state"]) == (PAGE, 1000, "whole")

    assert agent.get(f"/api/pages/{PAGE}").content == DATA
    fetched = entries_about("page", PAGE)[-1]
    assert fetched.verb == "page_fetched"
    assert (fetched.actor_kind, fetched.actor_id) == (
        "user",
        str(arrived.appointment.agent.user_id),
    )

    assert agent.post(f"/api/pages/{PAGE}/acknowledge").status_code == 204
    [listed] = agent.get(f"/api/visits/{arrived.public_id}/pages").json()["pages"]
    assert listed["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/visits/{visit}/pages"),
        ("POST", "/api/visits/{visit}/outcome"),
        ("GET", f"/api/pages/{PAGE}"),
        ("POST", f"/api/pages/{PAGE}/acknowledge"),
    ],
)
def test_an_agent_of_another_partner_finds_nothing(
    world: World, arrived: Visit, method: str, path: str
) -> None:
    stranger = signed_in(world.stranger.user)

    answer = stranger.generic(method, path.format(visit=arrived.public_id), b"{}")

    assert answer.status_code == 404
    assert answer.json()["message"]
    arrived.refresh_from_db()
    assert arrived.outcome == ""


@pytest.mark.parametrize("path", ["/api/keys", "/api/visits/{visit}/pages", f"/api/pages/{PAGE}"])
def test_a_host_may_not_and_nobody_is_asked_to_sign_in(
    world: World, arrived: Visit, path: str
) -> None:
    where = path.format(visit=arrived.public_id)

    assert signed_in(world.host).get(where).status_code == 403
    answer = Client().get(where)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_a_page_that_has_not_arrived_whole_is_not_given(
    world: World, visit: Visit, agent: Client
) -> None:
    offer(world, visit, DATA)
    patch(world, 0, DATA[:500])

    assert agent.get(f"/api/pages/{PAGE}").status_code == 404


def test_a_request_from_another_site_is_refused(world: World, arrived: Visit) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.agent.user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(f"/api/pages/{PAGE}/acknowledge").status_code == 403


def _offered_keys(label: str) -> dict[str, str]:
    private_key = new_private_key()
    recipient = new_recipient()
    verify_key = public_key_of(private_key)
    payload = key_proof_payload(label, recipient, verify_key)
    return {
        "recipient": recipient,
        "verify_key": verify_key,
        "proof": sign(private_key=private_key, payload=payload),
    }


def test_keys_go_from_none_over_pending_to_certified(world: World, agent: Client) -> None:
    state = agent.get("/api/keys").json()
    assert (state["state"], state["agent"]) == ("none", "Madame Martin")

    offered = _offered_keys(state["agent"])
    state = agent.post("/api/keys", offered, content_type="application/json").json()
    assert (state["state"], state["recipient"]) == ("pending", offered["recipient"])

    world.certify(world.offer_keys())
    state = agent.get("/api/keys").json()
    assert state["state"] == "certified"
    assert state["certificate"]["signature"]


def test_keys_without_proof_are_refused_in_plain_words(agent: Client) -> None:
    offered = {**_offered_keys("Madame Martin"), "proof": "AAAA"}

    answer = agent.post("/api/keys", offered, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "key_not_held")


def test_the_outcome_is_noted(visit: Visit, agent: Client) -> None:
    where = f"/api/visits/{visit.public_id}/outcome"
    Visit.objects.filter(pk=visit.pk).update(state="live")

    noted = encode(OutcomeNoted(outcome="to_continue"))
    answer = agent.post(where, noted, content_type="application/json")

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert visit.outcome == "to_continue"


def test_an_outcome_before_its_visit_is_refused_in_plain_words(visit: Visit, agent: Client) -> None:
    where = f"/api/visits/{visit.public_id}/outcome"

    answer = agent.post(
        where, encode(OutcomeNoted(outcome="done")), content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "outcome_too_early")
    assert "une fois l’appel commencé" in answer.json()["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"outcome": 1}', b'{"outcome": "great"}']
)
def test_an_outcome_that_is_none_is_refused(visit: Visit, agent: Client, body: bytes) -> None:
    where = f"/api/visits/{visit.public_id}/outcome"

    answer = agent.generic("POST", where, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["message"]
