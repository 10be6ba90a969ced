"""Pages scanned in this visit, given to a file field of the partner's page.

Said and shown to the citizen before it is done: Stop, or any end of the leave to fill in, ends it
until then. Only pages of this visit exist here; names from elsewhere are refused.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import Command, DoVerb, ForgetPapers, Reject, SayPrompt
from cordee_kiosk.core.control import Control, say
from cordee_kiosk.core.events import ScanWent, VerbAnswered
from cordee_kiosk.core.facts import Facts
from cordee_wire import control

SHOWN_LEAST_S = 2.0
"""However short the sentence: time to look, and to press Stop."""
SHOWN_UNSAID_S = 6.0
"""Without a voice the screen alone has to tell."""
SPEAK_WITHIN_S = 20.0
PAGES_MOST = 20


@dataclass(frozen=True)
class Going:
    """One attachment under way; `prompt` is the number of its sentence, `due` when it goes."""

    verb: control.Attach
    host: str
    prompt: int
    begun: float
    due: float
    is_said: bool = False


@dataclass
class Attaching:
    """The attachments of one visit, one at a time. `pages` are small pictures (JPEG) by name."""

    leave: Control
    facts: Facts
    pages: dict[str, bytes] = field(default_factory=dict)
    going: Going | None = None
    _sent: dict[int, Going] = field(default_factory=dict)

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, or None."""
        return self.going.due if self.going is not None else None

    @property
    def picture(self) -> str:
        """The first page that is about to go, as the stage is given it; empty without one."""
        small = self.pages.get(self.going.verb.pages[0], b"") if self.going is not None else b""
        return b64encode(small).decode()

    def scanned(self, event: ScanWent) -> None:
        """Note a page: from now on it may be attached."""
        self.pages[event.page] = event.small

    def start(self, verb: control.Attach, now: float) -> list[Command]:
        """Tell the citizen which paper goes where, or say why it does not."""
        leave = self.leave
        if "control" not in leave.grants:
            return leave.without_leave(verb.id, now)
        if not verb.pages or len(verb.pages) > PAGES_MOST or len({*verb.pages}) < len(verb.pages):
            return _refused(verb, "bad_request", words.ATTACH_BAD)
        if any(page not in self.pages for page in verb.pages):
            text = words.ATTACH_UNKNOWN if self.pages else words.ATTACH_NONE
            rejected = self.facts.rejected(self.leave.entry.visit, "page_unknown", now)
            return [*_refused(verb, "page_unknown", text), *rejected]
        if self.going is not None or self._sent:
            return _refused(verb, "busy", words.ATTACH_BUSY)
        prompt, host = leave.take_number(), leave.guest_host
        self.going = Going(verb, host, prompt, begun=now, due=now + SPEAK_WITHIN_S)
        return [SayPrompt(prompt, words.attaching(self.leave.entry, len(verb.pages), host))]

    def spoken(self, prompt: int, now: float, *, was_heard: bool) -> list[Command]:
        """Let it go soon, now that it has been said; without a voice, once it can have been read.

        Nothing happens for other prompts.
        """
        going = self.going
        if going is None or going.prompt != prompt or going.is_said:
            return []
        shown_s = SHOWN_LEAST_S if was_heard else SHOWN_UNSAID_S
        due = max(now, going.begun + shown_s)
        self.going = Going(going.verb, going.host, prompt, going.begun, due, is_said=True)
        return []

    def tick(self, now: float) -> list[Command]:
        """Let it go when it is due, to the site that the citizen was told and no other."""
        going = self.going
        if going is None:
            return []
        if "control" not in self.leave.grants:
            return self.halt()
        if self.leave.guest_host != going.host:
            return self._ended(going, "gone", words.ATTACH_MOVED)
        if now < going.due:
            return []
        if not going.is_said:
            return self._ended(going, "failed", words.NOT_SPOKEN_ATTACH)
        self.going = None
        commands = self.leave.verb(going.verb, now)
        if any(isinstance(each, DoVerb) for each in commands):
            self._sent[going.verb.id] = going
        return commands

    def answered(self, event: VerbAnswered, now: float) -> list[Command]:
        """Note what has gone, for the journal."""
        sent = self._sent.pop(event.done.id, None)
        if sent is None or not event.done.ok:
            return []
        visit = self.leave.entry.visit
        return [
            self.facts.note(visit, "attached", now, page=page, host=sent.host)
            for page in sent.verb.pages
        ]

    def halt(self) -> list[Command]:
        """Let nothing go: the leave is gone, or the citizen pressed Stop."""
        if self.going is None:
            return []
        return self._ended(self.going, "no_grant", words.ATTACH_STOPPED)

    def forget(self) -> list[Command]:
        """Forget every page: the visit is over."""
        self.pages.clear()
        self.going = None
        self._sent.clear()
        return [ForgetPapers()]

    def _ended(self, going: Going, code: str, text: str) -> list[Command]:
        self.going = None
        return _refused(going.verb, code, text)


def _refused(verb: control.Attach, code: str, text: str) -> list[Command]:
    return [Reject(code), say(control.Done(id=verb.id, ok=False, code=code, message=text))]
