"""`wire/examples/*.json` is the contract: every file decodes, and encodes to the same again."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path

import msgspec
import pytest

import cordee_wire
from cordee_wire.message import Message, decode, encode, type_of

EXAMPLES = Path(__file__).parents[1] / "examples"
FILES = sorted(EXAMPLES.glob("*.json"))


def message_classes() -> dict[str, type[Message]]:
    """Return every message class of the package by the name of its example file."""
    found: dict[str, type[Message]] = {}
    for info in pkgutil.iter_modules(cordee_wire.__path__):
        module = importlib.import_module(f"cordee_wire.{info.name}")
        for value in vars(module).values():
            is_message = isinstance(value, type) and issubclass(value, Message)
            if is_message and value is not Message and value.__module__ == module.__name__:
                found[f"{info.name}_{type_of(value.__name__)}.json"] = value
    return found


CLASSES = message_classes()


def test_every_message_has_an_example_and_every_example_a_message() -> None:
    assert {path.name for path in FILES} == set(CLASSES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_example_encodes_to_what_it_was_decoded_from(path: Path) -> None:
    text = path.read_text()
    message: Message = decode(text, CLASSES[path.name])
    assert json.loads(encode(message)) == json.loads(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_example_shows_every_field(path: Path) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(CLASSES[path.name])}
    assert fields == set(json.loads(path.read_text())) - {"type"}


def test_types_within_a_module_are_unique() -> None:
    by_module: dict[str, list[str]] = {}
    for cls in CLASSES.values():
        by_module.setdefault(cls.__module__, []).append(type_of(cls.__name__))
    assert all(len(types) == len(set(types)) for types in by_module.values())
