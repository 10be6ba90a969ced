from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.site.form import PAGES
from e2e.site.server import Site

ANSWERS = {
    "nom": "Zoé Lefèvre-d’Œuilly",
    "naissance": "1955-08-14",
    "numero": "2 55 08 05 061 042",
    "courriel": "zoe@exemple.fr",
    "telephone": "04 92 45 00 00",
    "code_postal": "05120",
    "commune": "L’Argentière-la-Bessée",
    "situation": "locataire",
    "meuble": "non",
    "loyer": "412.50",
    "explication": "Ça coûte 412,50 € : c’est trop.\nMerci à vous, cœur & âme.",
    "mot_de_passe": "marmotte-05",
    "avis": "oui",
    "attestation": "oui",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(record=tmp_path / "received.jsonl") as running:
        yield running


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    base = f"http://127.0.0.1:{site.port}"
    with httpx.Client(base_url=base, follow_redirects=True) as client:
        yield client


def post(site: Site, visitor: httpx.Client, page: int, **changed: str) -> httpx.Response:
    visitor.get(f"/aide/{page}")
    answers = {field.name: ANSWERS[field.name] for field in PAGES[page - 1][1]}
    token = site.sessions[visitor.cookies["dossier"]].token
    return visitor.post(f"/aide/{page}", data={**answers, **changed, "jeton": token})


def test_form_has_fourteen_fields_of_all_kinds() -> None:
    fields = [field for _, fields in PAGES for field in fields]
    assert len(fields) == len(ANSWERS) == 14
    assert {field.kind for field in fields} == {
        "text",
        "date",
        "email",
        "tel",
        "select",
        "radio",
        "number",
        "textarea",
        "password",
        "checkbox",
    }


def test_accepted_form_is_kept_exactly_as_sent(
    site: Site, visitor: httpx.Client, tmp_path: Path
) -> None:
    for page in (1, 2, 3):
        answer = post(site, visitor, page)
    assert answer.url.path == "/aide/fin"
    assert 'Votre demande est enregistrée, n° <strong id="numero">05-000001' in answer.text
    assert site.received == [{**ANSWERS, "n°": "05-000001"}]
    assert (tmp_path / "received.jsonl").read_text().count("\n") == 1


def test_wrong_answers_come_back_with_what_was_typed_and_a_summary(
    site: Site, visitor: httpx.Client
) -> None:
    answer = post(site, visitor, 1, numero="2 55 08", courriel="zoe")
    assert answer.status_code == 422
    assert "Le numéro de sécurité sociale a 13 chiffres." in answer.text
    assert "Vérifiez l’adresse électronique." in answer.text
    assert 'value="2 55 08"' in answer.text
    assert site.received == []


def test_later_page_leads_back_to_the_first_unanswered_one(visitor: httpx.Client) -> None:
    assert visitor.get("/aide/3").url.path == "/aide/1"
    assert visitor.get("/aide/fin").url.path == "/aide/1"


def test_post_without_the_session_is_refused(site: Site) -> None:
    url = f"http://127.0.0.1:{site.port}/aide/1"
    assert httpx.post(url, data={**ANSWERS, "jeton": "x"}).status_code == 403
    assert site.received == []


def test_password_is_never_sent_back(site: Site, visitor: httpx.Client) -> None:
    post(site, visitor, 1)
    post(site, visitor, 2)
    answer = post(site, visitor, 3, attestation="")
    assert answer.status_code == 422
    assert ANSWERS["mot_de_passe"] not in answer.text


def test_session_cookie_is_out_of_the_scripts_reach(visitor: httpx.Client) -> None:
    assert "HttpOnly" in visitor.get("/aide/1").headers["set-cookie"]


def test_unknown_address_and_oversized_body_are_answered(visitor: httpx.Client) -> None:
    assert visitor.get("/autre").status_code == 404
    assert visitor.post("/aide/1", content=b"x" * 70_000).status_code == 400
