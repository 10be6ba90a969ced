"""The small world of `factories.py`, made by the services once and copied for every other test."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.db.models.query import QuerySet
from factories import World, make_world


@dataclass(frozen=True)
class _Made:
    """A world and the rows that making it added, by model."""

    world: World
    rows: list[tuple[type[Model], list[Any]]]


class WorldTemplate:
    """Gives each test a world of its own, of the same names, keys and rows.

    The first is made by the services, 131 statements; for the others its rows are put in again,
    one statement a table. What has the same keys and ids in two tests never meets: each test
    takes its rows back.
    """

    def __init__(self) -> None:
        """Begin without a world."""
        self._kept = b""

    def copy(self) -> World:
        """Return a world, where there is none; without an open transaction, a committed one."""
        if not self._kept:
            return self._make()
        made: _Made = pickle.loads(self._kept)  # noqa: S301 - written by this very process
        # The database looks at foreign keys when all rows are there.
        with transaction.atomic():
            for model, rows in made.rows:
                _rows_of(model).bulk_create(rows)
        return made.world

    def _make(self) -> World:
        before = {model: set(_rows_of(model).values_list("pk", flat=True)) for model in _models()}
        world = make_world()
        added = [
            (model, list(_rows_of(model).exclude(pk__in=before[model]))) for model in _models()
        ]
        self._kept = pickle.dumps(_Made(world, [(model, rows) for model, rows in added if rows]))
        return world


def _models() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


def _rows_of(model: type[Model]) -> QuerySet[Any]:
    return QuerySet(model)
