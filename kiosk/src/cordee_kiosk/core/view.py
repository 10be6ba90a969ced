"""What the stage shows, from what the kiosk knows."""

from __future__ import annotations

import msgspec

from cordee_kiosk.core import words
from cordee_kiosk.core.call import Line
from cordee_kiosk.core.phase import Phase
from cordee_kiosk.core.visit import Visit
from cordee_wire import stage
from cordee_wire.kiosk_link import Welcome


def show_idle(place: Welcome, *, now: float, next_at: float | None, note: str) -> stage.Show:
    """Return the view between visits: no name, nothing to do."""
    return stage.Show(
        view="idle",
        now=now,
        site=place.site,
        phone=place.phone,
        next_at=next_at or 0,
        note=note,
    )


def show_visit(place: Welcome, visit: Visit, *, now: float) -> stage.Show:
    """Return the view of the visit that is going on."""
    entry, control = visit.entry, visit.control
    request, going = control.request, visit.attaching.going
    tool = visit.tool if not visit.is_over else None
    is_tool_open = tool is not None and tool.is_open
    at = tool if tool is not None else control
    shows_guest = is_tool_open or control.shows_guest
    return stage.Show(
        view=_view(visit),
        now=now,
        site=place.site,
        phone=entry.phone or place.phone,
        visit=entry.visit,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        citizen=entry.citizen,
        agent=entry.agent,
        partner=entry.partner_label,
        reason=entry.reason,
        code=visit.call.code,
        line=_line(visit),
        guest=shows_guest and not visit.is_over,
        guest_host=at.guest_host if shows_guest else "",
        guest_secure=at.is_guest_secure and shows_guest,
        grants=list(control.grants),
        request=request.number if request else 0,
        request_act=request.act if request else "",
        request_state=request.state if request else "",
        scanning=visit.scanning.state,
        ask_end=visit.asks_end,
        note=_note(visit),
        attaching=len(going.verb.pages) if going else 0,
        attaching_picture=visit.attaching.picture,
        camera_covered=visit.camera_covered,
        tool=visit.tool.host if visit.tool is not None else "",
        camera_for=tool.host if tool is not None and is_tool_open else "",
    )


def is_same(one: stage.Show | None, other: stage.Show) -> bool:
    """Return whether two views differ in nothing but the moment they were made."""
    return one is not None and msgspec.structs.replace(one, now=other.now) == other


def _view(visit: Visit) -> str:
    if visit.phase is Phase.DECLINED:
        return "thanks"
    if visit.call.line is Line.REFUSED and not visit.is_over:
        return "trouble"
    return visit.phase.value


def _line(visit: Visit) -> str:
    if visit.is_cut or visit.call.line is Line.SILENT:
        return "cut"
    return visit.line_word.word


def _note(visit: Visit) -> str:
    if visit.phase is Phase.DECLINED:
        return words.DECLINED
    if visit.call.line is Line.REFUSED and not visit.is_over:
        return words.CALL_REFUSED
    if visit.tool is not None and not visit.is_over and not visit.tool.is_known:
        return words.TOOL_UNKNOWN
    return visit.note.text or visit.scanning.note.text
