"""The citizen's leave for each act, and what the agent may do with it (DESIGN 5.7).

A grant comes from a touch, or from a yes said aloud after the kiosk has spoken its request to the
end; never from time passing. Stop, a cut, the agent or the end take every grant away at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import (
    AnswerInMirror,
    CloseGuest,
    Command,
    DoVerb,
    HaltVerbs,
    OpenGuest,
    Reject,
    SayPrompt,
    TellStage,
    TurnMirror,
    TurnPicture,
)
from cordee_kiosk.core.events import GuestOpened, GuestWent, PictureWent, VerbAnswered
from cordee_kiosk.core.facts import Facts
from cordee_wire import control, stage
from cordee_wire.kiosk_link import AgendaEntry
from cordee_wire.message import encode

SPEAK_WITHIN_S = 20.0
ANSWER_WITHIN_S = 300.0
"""A request without an answer is withdrawn: nothing is done."""
VERBS_MOST = 64


def say(message: control.FromKiosk) -> TellStage:
    """Return the command that says this to the agent."""
    return TellStage(stage.SendControl(text=encode(message).decode()))


@dataclass(frozen=True)
class Request:
    """One act asked for. `was_spoken`: the kiosk has said it whole."""

    number: int
    act: str
    id: int
    state: str = "speaking"
    was_spoken: bool = False


@dataclass
class Control:
    """Grants and the guest of one visit."""

    entry: AgendaEntry
    facts: Facts
    grants: dict[str, str] = field(default_factory=dict)
    request: Request | None = None
    guest: str = "none"
    guest_host: str = ""
    is_guest_secure: bool = False
    way: str = "mirror"
    """How the guest is shown while see is given: one of control.WAYS."""
    deadline: float | None = None

    def __post_init__(self) -> None:
        self._numbers = 0
        self._under_way = 0
        self._location: control.Location | None = None
        self._why = ""

    def take_number(self) -> int:
        """Return a number for something that is said: no request has it."""
        self._numbers += 1
        return self._numbers

    # --- requests

    def ask(self, message: control.Ask, now: float) -> list[Command]:
        """Ask the citizen, unless a request stands or the act is given already."""
        if message.act not in control.ACTS:
            return self._not_asked(message, "bad_request", words.UNKNOWN_ACT)
        if message.act in self.grants:
            given = self._grant(message.act, "given", self.grants[message.act], now)
            return [say(given)]
        if self.request is not None:
            return self._not_asked(message, "busy", words.BUSY)
        if message.act == "control" and "see" not in self.grants:
            return self._not_asked(message, "not_allowed", words.SEE_FIRST)
        self._numbers += 1
        self.request = Request(number=self._numbers, act=message.act, id=message.id)
        self.deadline = now + SPEAK_WITHIN_S
        return [
            SayPrompt(self._numbers, words.asking(message.act, self.entry)),
            self._prompted(self.request),
            self._fact("asked", now, act=message.act, request=self._numbers),
        ]

    def spoken(self, prompt: int, now: float, *, was_heard: bool) -> list[Command]:
        """Wait for the answer. Only a prompt that was heard lets the agent declare a yes."""
        request = self.request
        if request is None or request.number != prompt or request.state != "speaking":
            return []
        waiting = Request(request.number, request.act, request.id, "waiting", was_heard)
        self.request, self.deadline = waiting, now + ANSWER_WITHIN_S
        return [self._prompted(waiting)]

    def answered(self, number: int, now: float, *, is_yes: bool) -> list[Command]:
        """Take the citizen's touch."""
        request = self.request
        if request is None or request.number != number:
            return [Reject("no_request")]
        return self._give(request, "touch", now) if is_yes else self.refuse(now)

    def declared(self, message: control.DeclareYes, now: float) -> list[Command]:
        """Take the agent's word that the citizen said yes, once the request has been heard."""
        request = self.request
        if request is None or request.number != message.request:
            return [Reject("no_request"), *self._rejected("no_request", now)]
        if request.state != "waiting" or not request.was_spoken:
            done = control.Done(
                id=request.id, ok=False, code="not_allowed", message=words.NOT_SPOKEN
            )
            return [
                Reject("declared_early"),
                say(done),
                self._prompted(request),
                *self._rejected("declared_early", now),
            ]
        return self._give(request, "declared", now)

    def withdrawn(self, message: control.Withdraw, now: float) -> list[Command]:
        """End the request for the agent."""
        if self.request is None or self.request.number != message.request:
            return [Reject("no_request")]
        return self._withdraw(now, how="agent")

    def refuse(self, now: float, how: str = "touch") -> list[Command]:
        """End the request with a no; the call goes on."""
        request = self.request
        if request is None:
            return []
        self.request = self.deadline = None
        return [
            say(self._grant(request.act, "refused", how, now, request.number)),
            self._fact("refused", now, act=request.act, request=request.number, how=how),
        ]

    def tick(self, now: float) -> list[Command]:
        """A prompt that never ends, or a request never answered, gives nothing."""
        if self.request is None or self.deadline is None or now < self.deadline:
            return []
        if self.request.state == "speaking":
            return self.spoken(self.request.number, now, was_heard=False)
        return self._withdraw(now, how="time")

    # --- taking away

    def revoke_all(self, how: str, now: float) -> list[Command]:
        """Take every grant away and drop what is asked, at once."""
        commands: list[Command] = []
        if self.request is not None:
            is_no = how in ("stop_key", "touch")
            commands += self.refuse(now, how) if is_no else self._withdraw(now, how=how)
        # The latest first: control before see, so that nothing acts on a page unseen.
        for act in reversed(list(self.grants)):
            commands += self._revoke(act, how, now)
        return commands

    def given_back(self, message: control.GiveBack, now: float) -> list[Command]:
        """Take back what the agent returns, and what rests upon it."""
        if message.act not in self.grants:
            return [Reject("not_given")]
        resting = ["control"] if message.act == "see" and "control" in self.grants else []
        return [
            command
            for act in (*resting, message.act)
            for command in self._revoke(act, "given_back", now)
        ]

    # --- acts

    def verb(self, verb: control.Verb, now: float) -> list[Command]:
        """Admit a verb, or say why not."""
        if "control" not in self.grants:
            return self.without_leave(verb.id, now)
        if self._under_way >= VERBS_MOST:
            busy = control.Done(id=verb.id, ok=False, code="busy", message=words.BUSY_VERBS)
            return [say(busy)]
        self._under_way += 1
        return [DoVerb(verb)]

    def verb_answered(self, event: VerbAnswered, now: float) -> list[Command]:
        """Bring the answer to the agent: a yes behind what the verb changed in the mirror."""
        self._under_way = max(0, self._under_way - 1)
        is_in_mirror = event.done.ok and self.shows_guest and self.way == "mirror"
        commands: list[Command] = [
            AnswerInMirror(event.done) if is_in_mirror else say(event.done),
        ]
        if event.done.ok and isinstance(event.verb, control.Open):
            commands.append(self._fact("address_opened", now, host=_host(event.verb.url)))
        return commands

    def without_leave(self, verb_id: int, now: float) -> list[Command]:
        """Refuse an act for which there is no grant, and note it."""
        done = control.Done(id=verb_id, ok=False, code="no_grant", message=words.NOT_GIVEN)
        return [Reject("no_grant"), say(done), *self._rejected("no_grant", now)]

    def show(self, message: control.MirrorAgain | control.ShowAs) -> list[Command]:
        """Show the guest as the agent, or their check of the mirror, wants it shown."""
        return self._show_as(message) if isinstance(message, control.ShowAs) else self._anew()

    def _anew(self) -> list[Command]:
        if self.way != "mirror":
            return [Reject("not_mirrored")]
        return [TurnMirror(is_on=True)] if self.shows_guest else [Reject("no_grant")]

    def _show_as(self, message: control.ShowAs) -> list[Command]:
        if not self.shows_guest:
            return [Reject("no_grant")]
        if message.way == "picture":
            return self._use_picture(message.why)
        if message.way not in control.WAYS:
            return [Reject("bad_request")]
        return self._use_mirror(message.why)

    def _use_picture(self, why: str) -> list[Command]:
        if self.way == "picture":
            return [Reject("not_mirrored")]
        self.way, self._why = "picture", why
        return [TurnPicture()]

    def picture_went(self, event: PictureWent) -> list[Command]:
        """Tell the agent how the page is shown now. Without a picture the mirror comes back."""
        if self.way != "picture" or not self.shows_guest:
            return [Reject("late")]
        if event.state == "failed":
            return self._use_mirror("failed")
        is_covered = event.state == "covered"
        return [say(control.ShownAs(way="picture", why=self._why, covered=is_covered))]

    def _use_mirror(self, why: str) -> list[Command]:
        self.way = "mirror"
        return [TurnMirror(is_on=True), say(control.ShownAs(way="mirror", why=why))]

    # --- the guest

    @property
    def shows_guest(self) -> bool:
        """Whether the guest may be seen now."""
        return "see" in self.grants and self.guest == "open"

    def guest_opened(self, event: GuestOpened, now: float) -> list[Command]:
        """Mirror the guest, or take `see` back: there is nothing to see."""
        if self.guest != "opening":
            return [Reject("guest_unasked"), CloseGuest()]
        if event.code:
            self.guest = "none"
            why = control.Done(id=0, ok=False, code=event.code, message=event.message)
            return [*self.revoke_all("failed", now), say(why), Reject(event.code)]
        self.guest = "open"
        if not self.guest_host:
            self._note_address(self.entry.start_url)
        fact = self._fact("address_opened", now, host=_host(self.entry.start_url))
        return [fact, *([TurnMirror(is_on=True)] if "see" in self.grants else [])]

    def guest_went(self, event: GuestWent) -> list[Command]:
        """Tell the agent where the guest is, while it may be seen."""
        self._note_address(event.url)
        self._location = control.Location(
            url=event.url,
            title=event.title,
            may_back=event.may_back,
            may_forward=event.may_forward,
        )
        return [say(self._location)] if "see" in self.grants else []

    def guest_lost(self) -> None:
        """Note that the guest went with the browser."""
        self.guest, self.guest_host, self.is_guest_secure = "none", "", False
        self._location, self._under_way = None, 0
        self.way = "mirror"

    def guest_gone(self, now: float) -> list[Command]:
        """Take `see` back when the guest's window ended by itself: asked again, it opens anew."""
        self.guest_lost()
        return self.revoke_all("failed", now) if "see" in self.grants else []

    def close_guest(self) -> list[Command]:
        """Destroy the guest."""
        self.guest_lost()
        return [CloseGuest()]

    # --- private

    def _note_address(self, url: str) -> None:
        self.guest_host, self.is_guest_secure = _host(url), urlsplit(url).scheme == "https"

    def _give(self, request: Request, how: str, now: float) -> list[Command]:
        act = request.act
        if act == "control" and "see" not in self.grants:
            return [Reject("not_allowed"), *self._withdraw(now, how="failed")]
        self.grants[act] = how
        self.request = self.deadline = None
        return [
            say(self._grant(act, "given", how, now, request.number)),
            self._fact("granted", now, act=act, request=request.number, how=how),
            *(self._show_guest() if act == "see" else []),
        ]

    def _show_guest(self) -> list[Command]:
        if self.guest == "none":
            self.guest = "opening"
            return [_opening(self.entry)]
        located = [say(self._location)] if self._location is not None else []
        return [*located, *([TurnMirror(is_on=True)] if self.guest == "open" else [])]

    def _revoke(self, act: str, how: str, now: float) -> list[Command]:
        del self.grants[act]
        if act == "see":
            self.way = "mirror"
        halting: dict[str, Command] = {"see": TurnMirror(is_on=False), "control": HaltVerbs()}
        asked = self.request.act if self.request is not None else ""
        # Control rests upon see, while it is only asked for too.
        resting = self._withdraw(now, how=how) if (act, asked) == ("see", "control") else []
        return [
            *resting,
            *([halting[act]] if act in halting else []),
            say(self._grant(act, "revoked", how, now)),
            self._fact("revoked", now, act=act, how=how),
        ]

    def _withdraw(self, now: float, *, how: str) -> list[Command]:
        request = self.request
        if request is None:
            return []
        self.request = self.deadline = None
        return [say(self._grant(request.act, "withdrawn", how, now, request.number))]

    def _not_asked(self, message: control.Ask, code: str, text: str) -> list[Command]:
        return [Reject(code), say(control.Done(id=message.id, ok=False, code=code, message=text))]

    def _prompted(self, request: Request) -> Command:
        return say(
            control.Prompted(
                request=request.number, act=request.act, state=request.state, id=request.id
            )
        )

    def _grant(self, act: str, state: str, how: str, now: float, request: int = 0) -> control.Grant:
        return control.Grant(act=act, state=state, how=how, request=request, at=now)

    def _fact(self, kind: str, now: float, **detail: str | int) -> Command:
        return self.facts.note(self.entry.visit, kind, now, **detail)

    def _rejected(self, code: str, now: float) -> list[Command]:
        return [*self.facts.rejected(self.entry.visit, code, now)]


def _opening(entry: AgendaEntry) -> OpenGuest:
    return OpenGuest(entry.start_url, entry.allowed_hosts, blind_rules=entry.blind_rules)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
