"""Write `docs/reference/messages.md` from the wire's own docstrings: `make format` runs it."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import msgspec

from cordee_wire.message import Message, type_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/messages.md"
MODULES = ("kiosk_link", "counter_link", "signal", "control", "stage", "http", "signed")
HEAD = """# Messages

Every message is a JSON object whose `type` names it; unknown fields are ignored, unknown types
refused. An example of each stands in `wire/examples/`. This page is written by `make format` from
`wire/src/cordee_wire/`.

A message larger than its kind may be is refused with a sentence. One above 1 MiB, which no program
of ours sends, ends the line at once (WebSocket code 1009), and whoever sent it comes again.
"""


def page() -> str:
    """Return the page as Markdown."""
    return HEAD + "".join(_section(name) for name in MODULES)


def _section(name: str) -> str:
    module = importlib.import_module(f"cordee_wire.{name}")
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Message)
        and value.__module__ == module.__name__
    ]
    about = inspect.cleandoc(module.__doc__ or "")
    return f"\n## {name}\n\n{about}\n" + "".join(_message(cls) for cls in classes)


def _message(cls: type[Message]) -> str:
    fields = msgspec.structs.fields(cls)
    listed = "".join(
        f"- `{field.encode_name}`: `{cls.__annotations__[field.name]}`"
        f"{'' if field.required else ', optional'}\n"
        for field in fields
    )
    about = inspect.cleandoc(cls.__doc__ or "")
    return f"\n### `{type_of(cls.__name__)}`\n\n{about}\n" + (f"\n{listed}" if listed else "")


if __name__ == "__main__":
    PAGE.write_text(page())
