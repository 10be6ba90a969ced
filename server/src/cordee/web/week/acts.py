"""One change of the week at a time, as the hand on the time grid asks for it.

The same forms and the same services as the pages; the answer is JSON: what was done and how to undo
it, or why it was not, or the page that first shows whom an absence touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cordee.accounts.permissions import AGENT, permits
from cordee.directory import queries as directory
from cordee.directory.models import Absence, ExtraOpening, Opening
from cordee.directory.openings import OpeningGone
from cordee.journal.rules import user as user_actor
from cordee.web.leaving import left_by_absence
from cordee.web.templatetags.saying import day as said_day
from cordee.web.week import changes
from cordee.web.week.agents import agent_here
from cordee.web.week.days import clock
from cordee.web.week.forms import WEEKDAYS, OpeningForm, SpanForm, last_day

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from cordee.directory.models import Agent
    from cordee.journal.rules import Actor

KINDS = {"opening", "extra", "absence"}
REFUSED = 422
Row = Opening | ExtraOpening | Absence


@dataclass(frozen=True)
class _Asked:
    """One act on one row: `add`, `change` or `remove`."""

    agent: Agent
    kind: str
    act: str
    held: Row | None
    actor: Actor
    now: datetime


@permits(AGENT)
@require_POST
@never_cache
def act(request: HttpRequest) -> JsonResponse:
    """Add, change or remove an `opening`, an `extra` opening or an `absence` of the agent's.

    Answers `said` and `undo` (what to send to go back, or null), `said` with 422 when it is
    refused, or `goto`, the page to go on with.
    """
    now, agent = timezone.now(), agent_here(request)
    kind, name = request.POST.get("kind", ""), request.POST.get("act", "")
    if kind not in KINDS or name not in {"add", "change", "remove"}:
        raise Http404
    held = None if name == "add" else _held(agent, kind, request.POST.get("key", ""), now)
    if held is None and name == "remove":
        return JsonResponse({"said": _("C’est déjà retiré."), "undo": None})
    if held is None and name == "change":
        return JsonResponse({"said": _(OpeningGone.message)}, status=REFUSED)
    asked = _Asked(agent, kind, name, held, user_actor(request.user.pk), now)
    if name == "remove" and held is not None:
        before, label = _values(held), _label(held)
        changes.remove(agent, kind=kind, key=str(held.pk), actor=asked.actor, now=now)
        undo = {"act": "add", "kind": kind, **before}
        return JsonResponse({"said": _("Retiré : %(what)s.") % {"what": label}, "undo": undo})
    return _kept(asked, {**(_values(held) if held else {}), **request.POST.dict()})


def _kept(asked: _Asked, values: dict[str, Any]) -> JsonResponse:
    agent, held = asked.agent, asked.held
    form = (
        OpeningForm(values)
        if asked.kind == "opening"
        else SpanForm(values, is_whole=asked.kind == "absence")
    )
    if not form.is_valid():
        return _refused(form)
    if (
        isinstance(form, SpanForm)
        and asked.kind == "absence"
        and left_by_absence(agent, form.period, now=asked.now).count
    ):
        address = reverse("change_absence", args=[held.pk]) if held else reverse("absence")
        fields = {name: values.get(name, "") for name in form.fields}
        return JsonResponse({"goto": f"{address}?{urlencode(fields)}"})
    before = {row.pk: row for row in _rows(asked)}
    was = before.get(held.pk) if held else None
    if not _is_kept(asked, form):
        return _refused(form)
    after = {row.pk: row for row in _rows(asked)}
    new = [row for key, row in after.items() if key not in before]
    is_joined = bool(before.keys() - after.keys()) or (held is None and not new)
    if held is None or was is None:
        undo = {"act": "remove", "kind": asked.kind, "key": new[0].pk} if new else None
        what = _label(new[0]) if new else ""
        said = _("Ajouté : %(what)s.") % {"what": what} if new else _("Réuni avec ce qui y touche.")
        return JsonResponse({"said": said, "undo": undo})
    undo = {"act": "change", "kind": asked.kind, "key": held.pk, **_values(was)}
    said = _changed(was, after[held.pk])
    return JsonResponse({"said": said, "undo": None if is_joined else undo})


def _is_kept(asked: _Asked, form: OpeningForm | SpanForm) -> bool:
    keep: Any = {
        "opening": changes.keep_opening,
        "extra": changes.keep_extra_opening,
        "absence": changes.keep_absence,
    }[asked.kind]
    return bool(keep(asked.agent, form, asked.held, actor=asked.actor, now=asked.now))


def _held(agent: Agent, kind: str, key: str, now: datetime) -> Row | None:
    if kind == "opening":
        return changes.opening_of(agent, key)
    if kind == "extra":
        return changes.extra_opening_of(agent, key, now=now)
    return changes.absence_of(agent, key, now=now)


def _rows(asked: _Asked) -> list[Row]:
    if asked.kind == "opening":
        return [*directory.openings_of(asked.agent)]
    if asked.kind == "extra":
        return [*directory.extra_openings_of(asked.agent)]
    return [*directory.absences_of(asked.agent)]


def _refused(form: OpeningForm | SpanForm) -> JsonResponse:
    said = dict.fromkeys(str(error) for errors in form.errors.values() for error in errors)
    return JsonResponse({"said": " ".join(said)}, status=REFUSED)


def _values(row: Row) -> dict[str, Any]:
    """Return the row as its form takes it."""
    shown = (
        OpeningForm.showing(row.rule())
        if isinstance(row, Opening)
        else SpanForm.showing(row.period(), row.note)
    )
    return {
        name: f"{value:%H:%M}" if name in {"starts", "ends"} else str(value)
        for name, value in shown.items()
        if value is not None
    }


def _label(row: Row) -> str:
    return " ".join(_when(row))


def _when(row: Row) -> tuple[str, str]:
    """Return the day and the hours."""
    if isinstance(row, Opening):
        return str(WEEKDAYS[row.weekday]), f"{clock(row.start_min)}–{clock(row.end_min)}"
    start, end = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    ends = f"{end:%H:%M}".replace("00:00", "24:00")
    last = "" if last_day(end) == start.date() else f"{said_day(last_day(end))} "
    return said_day(start.date()), f"{start:%H:%M}–{last}{ends}"


def _changed(before: Row, after: Row) -> str:
    """Say "Mardi 09:00–12:00 → 10:00–12:00.", with the day again when it is another."""
    (day, _hours), (new_day, new_hours) = _when(before), _when(after)
    return f"{_label(before)} → {new_hours if new_day == day else _label(after)}."
