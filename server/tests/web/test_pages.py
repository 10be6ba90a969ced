"""What every page owes its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.views.defaults import server_error
from web.valley import Valley

import cordee.web
from cordee.accounts.models import User
from cordee.accounts.permissions import permission_of
from cordee.visits.models import Visit

PAGES = [
    ("nobody", "/"),
    ("nobody", "/connexion/"),
    ("nobody", "/nulle-part/"),
    ("host", "/accueil/"),
    ("host", "/accueil/?jour=2026-12-08"),
    ("host", "/accueil/lieu/"),
    ("host", "/accueil/rendez-vous/"),
    ("host", "/accueil/rendez-vous/?mots=logement"),
    ("host", "/accueil/rendez-vous/heure/?motif={reason}"),
    ("host", "/accueil/rendez-vous/{visit}/"),
    ("host", "/accueil/rendez-vous/{visit}/deplacer/"),
    ("host", "/accueil/rendez-vous/{visit}/annuler/"),
    ("host", "/accueil/liste/"),
    ("host", "/accueil/maintenant/"),
    ("host", "/accueil/agenda/"),
    ("host", "/accueil/fermetures/"),
    ("host", "/accueil/fermetures/?day=2099-12-08"),
    ("host", "/accueil/bornes/{kiosk}/panne/"),
    ("host", "/accueil/bornes/{kiosk}/panne/?until=jour"),
    ("host", "/parc/"),
    ("agent", "/guichet/"),
    ("agent", "/guichet/cles/"),
    ("agent", "/guichet/essai/"),
    ("agent", "/guichet/essai/flux/"),
    ("agent", "/guichet/semaine/"),
    ("agent", "/guichet/semaine/plages/"),
    ("agent", "/guichet/semaine/absence/"),
    ("agent", "/guichet/semaine/ouverture/"),
    ("agent", "/guichet/agenda/"),
    ("agent", "/guichet/suivi/"),
    ("agent", "/guichet/{visit}/"),
    ("manager", "/administration/"),
    ("manager", "/administration/agents/"),
    ("manager", "/administration/agents/nouveau/"),
    ("manager", "/administration/agents/{agent}/"),
    ("manager", "/administration/agents/{agent}/mot-de-passe/"),
    ("manager", "/administration/agents/{agent}/plages/"),
    ("manager", "/administration/agents/{agent}/absence/"),
    ("manager", "/administration/agents/{agent}/ouverture/"),
    ("manager", "/administration/agents/{agent}/fermer/"),
    ("manager", "/administration/remplacements/"),
    ("manager", "/administration/sans-reponse/"),
    ("manager", "/administration/demarches/"),
    ("manager", "/administration/demarches/nouvelle/"),
    ("manager", "/administration/demarches/{reason}/"),
    ("manager", "/administration/demarches/{reason}/fermer/"),
    ("technician", "/parc/"),
    ("technician", "/parc/bornes/"),
    ("technician", "/parc/bornes/{kiosk}/revoquer/"),
    ("technician", "/parc/bornes/{kiosk}/panne/"),
    ("technician", "/parc/bornes/{kiosk}/panne/?until=semaine"),
    ("technician", "/parc/administrations/"),
]


@pytest.fixture(autouse=True)
def _undefined_variables_show() -> Iterator[None]:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    before, engine.string_if_invalid = engine.string_if_invalid, "UNDEFINED-%s"
    yield
    engine.string_if_invalid = before


@pytest.fixture
def people(valley: Valley, manager: User) -> dict[str, User]:
    return {
        "host": valley.host,
        "agent": valley.agent.user,
        "technician": valley.technician,
        "manager": manager,
    }


def address_of(path: str, valley: Valley, visit: Visit) -> str:
    return path.format(
        visit=visit.public_id,
        kiosk=valley.kiosk.public_id,
        reason=valley.reason.pk,
        agent=valley.agent.pk,
    )


@pytest.fixture
def opened(
    valley: Valley, signed_in: Callable[[User], Client], people: dict[str, User]
) -> Callable[[str, str], str]:
    visit = valley.visit()

    def open_page(role: str, path: str) -> str:
        client = signed_in(people[role]) if role in people else Client()
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
        if role == "host" and "lieu" not in path:
            client.post("/accueil/lieu/", {"site": valley.site.pk})
        return client.get(address_of(path, valley, visit)).content.decode()

    return open_page


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_page_has_a_language_one_heading_and_a_title(
    opened: Callable[[str, str], str], role: str, path: str
) -> None:
    page = opened(role, path)
    assert re.search(r'<html lang="fr" dir="ltr">', page)
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>\s*\S.*— Cordée</title>", page)
    assert page.count('id="main"') == 1
    assert 'href="#main"' in page


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_page_uses_no_undefined_variable(
    opened: Callable[[str, str], str], role: str, path: str
) -> None:
    assert "UNDEFINED-" not in opened(role, path)


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_page_carries_no_inline_style_or_script(
    opened: Callable[[str, str], str], role: str, path: str
) -> None:
    page = opened(role, path)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_every_field_has_its_label_and_every_id_is_unique(
    opened: Callable[[str, str], str], role: str, path: str
) -> None:
    page = opened(role, path)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for field in re.findall(r"<(?:input|select)[^>]*>", page):
        if 'type="hidden"' not in field:
            name = re.search(r'id="([^"]+)"', field)
            assert name
            assert f'for="{name.group(1)}"' in page
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        assert set(described.split()) <= set(ids)


def test_every_address_declares_its_permission() -> None:
    undeclared = [
        pattern.name or str(pattern.pattern)
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [resolver])
        if permission_of(pattern.callback) is None
    ]
    assert undeclared == []


@pytest.mark.parametrize("path", ["/accueil/", "/guichet/", "/guichet/cles/", "/parc/"])
def test_a_stranger_is_sent_to_the_log_in(db: None, path: str) -> None:
    assert Client().get(path)["Location"] == f"/connexion/?next={path}"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("host", "/guichet/"),
        ("host", "/parc/"),
        ("agent", "/accueil/"),
        ("agent", "/parc/"),
        ("technician", "/guichet/"),
        ("technician", "/accueil/"),
    ],
)
def test_a_page_of_another_role_is_refused_in_plain_words(
    valley: Valley, signed_in: Callable[[User], Client], role: str, path: str
) -> None:
    people = {"host": valley.host, "agent": valley.agent.user, "technician": valley.technician}
    response = signed_in(people[role]).get(path)
    assert response.status_code == 403
    assert "Cette page n’est pas pour vous" in response.content.decode()


def test_a_stale_form_is_refused_in_plain_words(valley: Valley) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "fr"})
    response = client.post("/connexion/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "Cette page a vieilli" in response.content.decode()


def test_a_failure_is_told_in_plain_words_without_the_request() -> None:
    response = server_error(RequestFactory().get("/"))
    page = response.content.decode()
    assert response.status_code == 500
    assert "Ce n’est pas votre faute." in page
    assert "UNDEFINED-" not in page


def test_pages_forbid_what_they_do_not_use(valley: Valley) -> None:
    policy = Client().get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_no_template_hides_a_sentence_from_translation() -> None:
    """Words between tags stand inside a translate tag, but for the name of the program."""
    folder = Path(cordee.web.__file__).parent / "templates"
    for template in folder.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.DOTALL)
        text = re.sub(r"{% block (main_)?data %}.*?{% endblock %}", "", text, flags=re.DOTALL)
        text = re.sub(r"{[%{#].*?[%}#]}|<pre.*?</pre>|<code.*?</code>", "", text, flags=re.DOTALL)
        words = re.findall(r">([^<]+)<", text)
        words = [word for part in words for word in re.findall(r"[A-Za-zÀ-ÿ’]{3,}", part)]
        assert set(words) <= {"Cordée", "English", "Français"}, template.name


@pytest.mark.parametrize(("role", "path"), [page for page in PAGES if page[0] != "nobody"])
def test_pages_that_name_people_are_kept_by_no_browser(
    valley: Valley,
    signed_in: Callable[[User], Client],
    people: dict[str, User],
    role: str,
    path: str,
) -> None:
    client, address = signed_in(people[role]), address_of(path, valley, valley.visit())

    for _ in range(2):  # a host is asked for their place first
        answer = client.get(address)
        if answer.status_code != 403:
            assert "no-store" in answer["Cache-Control"], address
        client.post("/accueil/lieu/", {"site": valley.site.pk})
