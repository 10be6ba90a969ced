"""Every way in declares who may use it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from factories import World, signed_in

import cordee.jobs.management.commands
from cordee.accounts.permissions import AGENT, OPERATOR, permission_of, permits
from cordee.config.access import AccessMiddleware
from cordee.live.routing import websockets


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern.callback


def _consumers(router: URLRouter) -> Iterator[Any]:
    for route in router.routes:
        application = route.callback
        # Through what checks origin and session, to the consumer itself.
        while not hasattr(application, "consumer_class"):
            inner = getattr(application, "inner", None)
            application = inner if inner is not None else application.application
        yield application.consumer_class


def test_every_view_declares_its_permission() -> None:
    views = list(_views(get_resolver().url_patterns))

    assert len(views) > 20
    assert [view for view in views if permission_of(view) is None] == []


def test_every_consumer_declares_its_permission() -> None:
    consumers = list(_consumers(websockets))

    assert len(consumers) == 2
    assert [consumer for consumer in consumers if permission_of(consumer) is None] == []


def test_every_command_declares_that_it_is_for_operators() -> None:
    folder = cordee.jobs.management.commands
    names = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    commands = [importlib.import_module(f"{folder.__name__}.{name}").Command for name in names]

    assert "serve" in names
    assert [found for found in commands if permission_of(found) is not OPERATOR] == []


def _enter(view: Any, user: Any, path: str = "/guichet/") -> HttpResponse | None:
    request = RequestFactory().get(path)
    request.user = user
    middleware = AccessMiddleware(lambda _: HttpResponse())
    found = middleware.process_view(request, view, (), {})
    assert found is None or isinstance(found, HttpResponse)
    return found


@permits(AGENT)
def _counter(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_a_view_that_declares_nothing_is_never_entered(world: World) -> None:
    with pytest.raises(ImproperlyConfigured, match="declares no permission"):
        _enter(lambda request: HttpResponse(), world.agent.user)


def test_the_right_role_enters_and_another_does_not(world: World) -> None:
    assert _enter(_counter, world.agent.user) is None
    with pytest.raises(PermissionDenied):
        _enter(_counter, world.host)


def test_nobody_is_sent_to_the_log_in_and_back() -> None:
    answer = _enter(_counter, AnonymousUser())

    assert answer is not None
    assert answer.headers["Location"] == "/connexion/?next=/guichet/"


@pytest.mark.parametrize(
    "address",
    [
        "/guichet/%00/",
        "/guichet/a%00b/",
        "/api/pages/%00",
        "/api/visits/%00/pages",
        "/api/kiosk/pages/%00",
        "/accueil/rendez-vous/%00/annuler/",
        "/parc/bornes/%00/code/",
        "/static/%00",
    ],
)
def test_a_nul_character_in_an_address_is_found_nowhere(world: World, address: str) -> None:
    for user in (world.agent.user, world.host, world.technician):
        answer = signed_in(user).get(address)
        assert answer.status_code in {302, 403, 404, 401}

    assert "Introuvable" in signed_in(world.agent.user).get("/api/pages/%00").json()["message"]
