"""No form lets through more than the column that keeps it: PostgreSQL would answer with an error.

Each limit is read from its column, or is a rule that the service below enforces. So there is no
list of fields here that somebody would have to keep: what is neither is found in the source.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import CharField

from cordee import web
from cordee.appointments.citizens import EMAIL_LIMIT, NAME_LIMIT, Citizen
from cordee.appointments.models import Appointment, GuestSeat, WaitingEntry
from cordee.directory.models import Reason
from cordee.territory.models import SiteClosure
from cordee.web.columns import length_of

PAGES = Path(web.__file__).parent
LIMITS = {"max_length", "limit"}
"""What the limit of a text is called where a form says it."""


def _forms() -> Iterator[type[forms.BaseForm]]:
    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}."):
        importlib.import_module(module.name)
    known = [forms.BaseForm]
    for form in known:
        known += [one for one in form.__subclasses__() if one not in known]
    return (form for form in known if form.__module__.startswith(web.__name__))


def _from_below(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cordee.")
        if not (node.module or "").startswith(f"{web.__name__}.")
        for alias in node.names
    }


def _limits_said(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what the calls in the source give as a limit, by name or by place."""
    places = {
        node.name: [each.arg for each in node.args.args].index("limit")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "limit" in [each.arg for each in node.args.args]
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        yield from (each.value for each in node.keywords if each.arg in LIMITS)
        place = places.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if place is not None and len(node.args) > place:
            yield node.args[place]


def _own_limits(path: Path) -> Iterator[str]:
    """Yield each limit that this module of pages makes up by itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    from_below = _from_below(tree)
    for said in _limits_said(tree):
        is_read = isinstance(said, ast.Call) and ast.unparse(said.func) == "length_of"
        is_given = isinstance(said, ast.Name) and (said.id == "limit" or said.id in from_below)
        if not is_read and not is_given:
            yield f"{path.relative_to(PAGES)}:{said.lineno}: {ast.unparse(said)}"


def test_the_limits_of_forms_are_those_of_columns() -> None:
    assert [own for path in sorted(PAGES.rglob("*.py")) for own in _own_limits(path)] == []


def test_every_text_of_a_form_has_a_limit() -> None:
    found = [
        (f"{form.__qualname__}.{name}", field)
        for form in _forms()
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]
        if isinstance(field, forms.CharField) and not issubclass(form, AuthenticationForm)
    ]

    assert len(found) > 20, "the forms were found"
    assert [name for name, field in found if field.max_length is None] == []


def test_what_a_service_takes_of_a_person_has_its_place() -> None:
    asked = {field.name for field in fields(Citizen)} | {"citizen", "citizen_email"}
    columns = [
        column
        for model in (Appointment, WaitingEntry, GuestSeat)
        for column in model._meta.get_fields()
        if isinstance(column, CharField) and column.name in asked - {"contact_kind", "language"}
    ]

    assert len(columns) > 6, "the columns were found"
    for column in columns:
        is_contact = {"contact", "email"} & {*column.name.split("_")}
        needed = EMAIL_LIMIT if is_contact else NAME_LIMIT
        assert column.max_length is not None
        assert column.max_length >= needed, column


def test_a_column_without_a_limit_needs_one_from_the_page() -> None:
    assert length_of(SiteClosure, "note") == 120
    assert length_of(SiteClosure, "note", at_most=20) == 20
    assert length_of(Reason, "instructions", at_most=1000) == 1000
    with pytest.raises(ValueError, match="instructions"):
        length_of(Reason, "instructions")
