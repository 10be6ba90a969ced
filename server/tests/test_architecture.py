"""Lower apps know nothing of upper ones, not even by a foreign key written as text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from cordee import web

# The import order of DESIGN section 3, lowest first.
ORDER = (
    "journal",
    "notices",
    "accounts",
    "territory",
    "directory",
    "fleet",
    "appointments",
    "visits",
    "documents",
)


def _models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("cordee."):
            yield from config.get_models()


def _foreign_keys() -> Iterator[ForeignKey[Model, Model]]:
    for model in _models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey):
                yield field


def test_every_model_lives_in_a_known_app() -> None:
    assert {model._meta.app_label for model in _models()} == set(ORDER)


def test_foreign_keys_look_down_only() -> None:
    upward = [
        str(field)
        for field in _foreign_keys()
        if ORDER.index(field.related_model._meta.app_label)
        > ORDER.index(field.model._meta.app_label)
    ]

    assert upward == []


def test_foreign_keys_across_apps_leave_no_name_behind() -> None:
    named = [
        str(field)
        for field in _foreign_keys()
        if field.related_model._meta.app_label != field.model._meta.app_label
        and field.remote_field.related_name != "+"
    ]

    assert named == []


QUERYING = {
    *("objects", "_default_manager", "_base_manager", "raw", "cursor"),
    *("exclude", "order_by", "values_list", "select_related", "prefetch_related"),
    *("get_or_create", "update_or_create", "bulk_create", "bulk_update", "refresh_from_db"),
}


def test_pages_write_no_query_of_their_own() -> None:
    pages = Path(web.__file__).parent
    asking = [
        f"{path.relative_to(pages)}:{node.lineno}"
        for path in sorted(pages.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in QUERYING
    ]

    assert asking == []


def test_instants_are_named_at_and_dates_on() -> None:
    def is_well_named(field: Field[object, object]) -> bool:
        kind = field.get_internal_type()
        if kind == "DateTimeField":
            return field.name.endswith("_at") or field.name in {"at", "last_login"}
        return kind != "DateField" or field.name.endswith("_on")

    wrong = [
        str(field)
        for model in _models()
        for field in model._meta.get_fields()
        if isinstance(field, Field) and not is_well_named(field)
    ]

    assert wrong == []
