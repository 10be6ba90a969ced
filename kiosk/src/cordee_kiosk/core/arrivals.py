"""Which part of a visit an event is for, and whether it may come now."""

from __future__ import annotations

from base64 import b64encode

from cordee_kiosk.core import events, words
from cordee_kiosk.core.commands import Command, Reject, TellStage
from cordee_kiosk.core.control import say
from cordee_kiosk.core.visit import Visit
from cordee_wire import control, stage
from cordee_wire.message import CONTROL_LIMIT_BYTES, MessageRefused, decode


def take(  # noqa: C901, PLR0911 - one arm an event
    visit: Visit, event: events.Event, now: float
) -> list[Command]:
    """Bring an event to the part of the visit that it concerns."""
    match event:
        case events.StageTold(message=message):
            return _stage_told(visit, message, now)
        case events.StopPressed():
            return visit.stop("stop_key", now)
        case events.VerbAnswered():
            told = visit.control.verb_answered(event, now)
            return [*told, *visit.attaching.answered(event, now)]
        case events.AnswerUntold(done=done):
            return [say(done)]
        case events.VoiceFailed(prompt=prompt):
            return _spoken(visit, prompt, now, was_heard=False)
        case events.GuestOpened() | events.GuestGone() | events.GuestWent():
            return _guest_told(visit, event, now)
        case events.MirrorWritten() | events.BulkWritten() | events.GuestSaid():
            return _shown(visit, event)
        case events.PictureWent():
            return visit.control.picture_went(event) if visit.is_live else []
        case events.DocumentOffered():
            return visit.documents.offered(event, now) if visit.is_live else []
        case events.ScanWent():
            return _scan_went(visit, event, now)
        case _:
            return [Reject("out_of_place", type(event).__name__)]


def _shown(
    visit: Visit, event: events.MirrorWritten | events.BulkWritten | events.GuestSaid
) -> list[Command]:
    """Send what shows the guest, while it may be seen."""
    if not visit.control.shows_guest or not visit.is_live:
        return []
    if isinstance(event, events.GuestSaid):
        return [say(control.Done(id=0, ok=False, code="dialog", message=event.words))]
    data = b64encode(event.data).decode()
    is_mirror = isinstance(event, events.MirrorWritten)
    return [TellStage(stage.SendMirror(data=data) if is_mirror else stage.SendBulk(data=data))]


def _spoken(visit: Visit, prompt: int, now: float, *, was_heard: bool) -> list[Command]:
    return [
        *visit.control.spoken(prompt, now, was_heard=was_heard),
        *visit.attaching.spoken(prompt, now, was_heard=was_heard),
    ]


def _scan_went(visit: Visit, event: events.ScanWent, now: float) -> list[Command]:
    commands = visit.scanning.went(event, now)
    # A document was sealed, which is no sheet of the citizen's.
    if event.state == "sending" and event.small and not isinstance(commands[0], Reject):
        visit.attaching.scanned(event)
    return commands


def _guest_told(
    visit: Visit, event: events.GuestOpened | events.GuestGone | events.GuestWent, now: float
) -> list[Command]:
    guest = visit.control if visit.tool is None else visit.tool
    match event:
        case events.GuestOpened():
            return visit.guest_opened(event, now)
        case events.GuestGone():
            return guest.guest_gone(now)
        case events.GuestWent():
            return guest.guest_went(event)


def _stage_told(  # noqa: PLR0911 - one arm a message
    visit: Visit, message: object, now: float
) -> list[Command]:
    match message:
        case stage.SignalOut(signal=signal):
            return visit.call.signal_out(signal)
        case stage.CallState():
            return visit.call.state_is(message, now)
        case stage.CameraState():
            visit.camera_is(message, now)
            return []
        case stage.WentLive():
            return visit.went_live(now)
        case stage.FaceDecoded():
            return visit.face_decoded(message, now)
        case stage.LineMeasured():
            visit.line_measured(message)
            return []
        case stage.Touched():
            return visit.touched(message, now)
        case stage.Spoken(id=prompt):
            return _spoken(visit, prompt, now, was_heard=True)
        case stage.ControlArrived(text=text):
            return _agent_said(visit, text, now)
        case _:
            return [Reject("out_of_place", type(message).__name__)]


def _agent_said(visit: Visit, text: str, now: float) -> list[Command]:
    try:
        message: control.FromAgent = decode(
            text, control.FromAgent, limit_bytes=CONTROL_LIMIT_BYTES
        )
    except MessageRefused as error:
        text = words.BAD_REQUEST[error.code]
        done = control.Done(id=0, ok=False, code="bad_request", message=text)
        return [Reject("bad_request", error.code), say(done)]
    if visit.is_over:
        return [Reject("over", type(message).__name__)]
    return _agent_asked(visit, message, now)


def _agent_asked(  # noqa: C901, PLR0911 - one arm a message
    visit: Visit, message: control.FromAgent, now: float
) -> list[Command]:
    leave = visit.control
    match message:
        case control.End():
            return visit.end("agent", now)
        case _ if not visit.is_live:
            return _before_live(visit, message, now)
        case control.Ask():
            return leave.ask(message, now)
        case control.DeclareYes():
            return leave.declared(message, now)
        case control.Withdraw():
            return leave.withdrawn(message, now)
        case control.GiveBack(act=act):
            halted = visit.scanning.halt(now) if act == "scan" else []
            return [*leave.given_back(message, now), *halted]
        case control.MirrorAgain() | control.ShowAs():
            return leave.show(message)
        case control.Scan(id=scan_id):
            if "scan" not in leave.grants:
                return leave.without_leave(scan_id, now)
            return visit.scanning.start(message, now)
        case control.Receive():
            return visit.documents.receive(message, now)
        case control.Attach():
            return visit.attaching.start(message, now)
        case _:
            return leave.verb(message, now)


def _before_live(visit: Visit, message: control.FromAgent, now: float) -> list[Command]:
    refused = [Reject("not_live", type(message).__name__)]
    message_id = getattr(message, "id", None)
    if message_id is None:
        return [*refused]
    return [*refused, *visit.control.without_leave(message_id, now)]
