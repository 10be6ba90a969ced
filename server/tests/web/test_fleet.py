from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from web.valley import Valley

from cordee.accounts.models import User
from cordee.directory.models import Partner
from cordee.fleet.models import EnrolmentCode, Kiosk

SignIn = Callable[[User], Client]


@pytest.fixture
def bench(valley: Valley, signed_in: SignIn) -> Client:
    return signed_in(valley.technician)


def shown_code(page: str) -> str:
    found = re.search(r'big-code"><bdi dir="ltr">([^<]+)</bdi>', page)
    assert found
    return found.group(1)


def test_most_pressing_kiosk_comes_first(valley: Valley, bench: Client) -> None:
    valley.kiosk.link = "socket"
    valley.kiosk.connected_at = valley.kiosk.last_seen_at = datetime.now(UTC)
    valley.kiosk.save()
    Kiosk.objects.create(
        site=valley.other_site,
        name="Veynes 1",
        public_key="q" * 43,
        last_seen_at=datetime.now(UTC) - timedelta(hours=2),
    )
    page = bench.get("/parc/").content.decode()
    assert page.index("Veynes 1") < page.index("Guillestre 1")
    assert "Hors ligne" in page
    assert "Dernier signe de vie" in page
    assert "Prête" in page


def test_each_state_has_a_shape_and_a_word(valley: Valley, bench: Client) -> None:
    Kiosk.objects.create(site=valley.site, name="Guillestre 2")
    Kiosk.objects.create(
        site=valley.site, name="Guillestre 3", public_key="r" * 43, revoked_at=datetime.now(UTC)
    )
    page = bench.get("/parc/").content.decode()
    for kind, word in (("bad", "Hors ligne"), ("rest", "À inscrire"), ("warn", "Révoquée")):
        assert re.search(rf'<span class="light {kind}"><svg.*?</svg>{word}</span>', page)


def test_a_new_kiosk_gets_a_code_shown_once(valley: Valley, bench: Client) -> None:
    response = bench.post("/parc/bornes/", {"site": valley.site.pk, "name": "Guillestre 2"})
    page = response.content.decode()
    code = shown_code(page)
    kiosk = Kiosk.objects.get(name="Guillestre 2")
    assert code not in EnrolmentCode.objects.get(kiosk=kiosk).code_hash
    assert f"--code {code}" in page
    assert "no-store" in response["Cache-Control"]
    assert code not in bench.get("/parc/").content.decode()


def test_a_new_kiosk_needs_a_place_and_a_name(bench: Client) -> None:
    page = bench.post("/parc/bornes/", {}).content.decode()
    assert "Choisissez le lieu." in page
    assert "Donnez un nom à la borne." in page


def test_a_name_already_taken_is_said_beside_the_name(valley: Valley, bench: Client) -> None:
    data = {"site": valley.site.pk, "name": valley.kiosk.name}
    response = bench.post("/parc/bornes/", data)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="id_name_error"' in page
    assert f'value="{valley.kiosk.name}"' in page
    assert Kiosk.objects.count() == 1


def test_a_second_code_replaces_the_box_in_plain_words(valley: Valley, bench: Client) -> None:
    address = f"/parc/bornes/{valley.kiosk.public_id}/code/"
    assert bench.get(address).status_code == 405
    page = bench.post(address).content.decode()
    assert shown_code(page)
    assert "Cette borne est déjà inscrite." in page


def test_revoking_asks_once_then_shuts_the_kiosk_out(valley: Valley, bench: Client) -> None:
    address = f"/parc/bornes/{valley.kiosk.public_id}/revoquer/"
    assert "Révoquer cette borne" in bench.get(address).content.decode()
    assert not Kiosk.objects.exclude(revoked_at=None).exists()
    page = bench.post(address, follow=True).content.decode()
    assert Kiosk.objects.exclude(revoked_at=None).get() == valley.kiosk
    assert "Guillestre 1 est révoquée." in page


def test_an_unknown_kiosk_does_not_exist(bench: Client) -> None:
    assert bench.get(f"/parc/bornes/{'0' * 32}/revoquer/").status_code == 404
    assert bench.post(f"/parc/bornes/{'0' * 32}/code/").status_code == 404


def test_partners_show_the_fingerprint_of_their_root(valley: Valley, bench: Client) -> None:
    Partner.objects.filter(slug="allocations").update(root_public_key="A" * 43)
    page = bench.get("/parc/administrations/").content.decode()
    # SHA-256 of 32 zero bytes, its first half.
    assert "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20" in page
    assert "--partner impots" in page
