"""Agent and kiosk, on the ordered, reliable data channel `control`.

End to end, never through the server.

`act` is one of ACTS. `id` is chosen by the agent and comes back in Done. A verb without its grant
is answered with Done ok=False code=`no_grant`.
"""

from __future__ import annotations

from cordee_wire.message import Message

ACTS = ("see", "control", "scan")


# --- the agent speaks


class Ask(Message):
    """Asks the citizen's leave for an act; the kiosk says it aloud and shows it."""

    act: str
    id: int


class DeclareYes(Message):
    """The citizen said yes aloud. Counts only once the kiosk has finished speaking `request`."""

    request: int


class Withdraw(Message):
    """The agent no longer asks."""

    request: int


class GiveBack(Message):
    """The agent gives a grant back."""

    act: str


class Open(Message):
    """Open an address on the allow-list in the guest (needs control)."""

    id: int
    url: str


class Go(Message):
    """`where`: back, forward or reload (needs control)."""

    id: int
    where: str


class Click(Message):
    """Click the mirrored node at a place inside its box, both 0..1 (needs control).

    `count` says which click of a row at that place this is: a second one, told as a verb of its
    own, makes a double click of the first.

    Node 0 is the page itself as a picture shows it: `x` and `y` are shares of its window. With
    `yes` the page's last question (Done's code `question`) is answered yes if this verb makes the
    page ask it again, in the same words and within five seconds.
    """

    id: int
    node: int
    x: float
    y: float
    count: int = 1
    yes: bool = False


class Type(Message):
    """Insert text at the caret of the node, focusing it first when it is not (needs control).

    Node 0 is whatever has the focus: after Tab only the kiosk knows what that is.
    Kept in order, exactly once: `id` rises by one with every verb.
    """

    id: int
    node: int
    text: str


class Press(Message):
    """Press one of KEYS, without modifiers but Shift (needs control). `yes` as in Click."""

    id: int
    key: str
    shift: bool = False
    yes: bool = False


KEYS = (
    "Tab",
    "Enter",
    "Backspace",
    "Delete",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Escape",
    "Space",
)


class Choose(Message):
    """Choose options of a select by value (needs control). `yes` as in Click."""

    id: int
    node: int
    values: list[str]
    yes: bool = False


class Tick(Message):
    """Set a checkbox or radio (needs control)."""

    id: int
    node: int
    checked: bool


class Attach(Message):
    """Give pages scanned in this visit to a file field (needs control).

    `pages` are the names that ScanState told, in order. `node` is the field, its label, or a button
    that opens its chooser. The citizen sees and hears where the paper goes before it does, and can
    stop it until then.
    """

    id: int
    node: int
    pages: list[str]


class Scroll(Message):
    """Scroll the document (node 0) or a box to CSS pixels from its top and left (needs control)."""

    id: int
    node: int
    top: float
    left: float = 0


class Wheel(Message):
    """Turn the wheel at a place of the page's picture (needs control).

    `x` and `y` are shares of the page's window, `down` and `right` CSS pixels.
    """

    id: int
    x: float
    y: float
    down: float
    right: float = 0


class Hover(Message):
    """Rest the mouse on the mirrored node, at a place inside its box, both 0..1 (needs control).

    Sent when the agent's pointer rests: menus open, and rules about what is pointed at apply.
    Answered as done also where the node is gone or hidden: nobody asked for anything to happen.
    """

    id: int
    node: int
    x: float
    y: float


class Scan(Message):
    """Scan what lies on the stand (needs scan)."""

    id: int


class Receive(Message):
    """Seal a document that the partner's page offered, and send it as a scanned page (needs scan).

    Answered as Scan is.
    """

    id: int
    document: str


class MirrorAgain(Message):
    """The replay lost its thread: start a new epoch with a full picture."""


class ShowAs(Message):
    """Show the page in one of WAYS (needs see); answered by ShownAs.

    `why`: `asked` by the agent, `unfaithful` when the mirror does not follow the page.
    """

    way: str
    why: str = "asked"


WAYS = ("mirror", "picture")


class End(Message):
    """The agent ends the visit."""


# --- the kiosk speaks


class Live(Message):
    """The kiosk's tracks are attached; the agent attaches its own.

    `at` is the kiosk's corrected clock.
    """

    at: float


class Prompted(Message):
    """State of a request: `speaking`, then `waiting`. `id` is the one of Ask."""

    request: int
    act: str
    state: str
    id: int


class Grant(Message):
    """State of an act: `given`, `refused`, `revoked`, `withdrawn`; how as in the facts."""

    act: str
    state: str
    how: str
    request: int = 0
    at: float = 0


class Done(Message):
    """Answer to a verb. `message` is plain French for the agent; `code` the machine's word.

    While the guest is mirrored, a verb that went well is answered in the mirror's stream instead,
    by the line `{"t":"done","id":…}` behind the lines about what it changed. A new epoch begins
    with the last 64 such lines again: a reader that lost some with the old one has them. What
    fails, and the answers to Ask and Scan, always come as this message.

    Codes: done, no_grant, gone, outside, not_allowed, blind, busy, bad_request, device_missing,
    jammed, no_paper, cover_open, device_busy, device_error, sealing_refused, page_refused,
    page_unknown, no_file_field, not_accepted, dialog, question, failed. `outside` is an address
    that is not on the allow-list; `not_allowed` an act that does not come yet; `page_unknown` a
    page that was not scanned in this visit; `no_file_field` a place that takes no file;
    `not_accepted` a field that takes no such file, or not so many; `dialog` a message of
    the page's script, or a text that it wanted; `question` one that it asked, answered no. The id
    is 0 in an answer to what could not be read, when the first page does not open, and in a
    `dialog` that no verb has brought about.
    """

    id: int
    ok: bool
    code: str = "done"
    message: str = ""


class Location(Message):
    """Where the guest is. Sent only while see is given."""

    url: str
    title: str
    may_back: bool
    may_forward: bool


class SecretAsked(Message):
    """The citizen's own keyboard is open in a blind field, or closed (`kind` empty).

    `kind`: password, code, card or secret. Sent only while see is given; never what is typed, nor
    how much.
    """

    kind: str = ""


class ShownAs(Message):
    """The page is shown in this one of WAYS from now on.

    `why` is that of ShowAs, or `failed`: there is no picture, the mirror is shown. `covered`: the
    picture is black while a secret stands in the page, or may stand in it.
    """

    way: str
    why: str = "asked"
    covered: bool = False


class ScanState(Message):
    """How the scan goes: scanning, sealing, sending, sent, failed; `page` once there is one."""

    id: int
    state: str
    page: str = ""
    code: str = ""
    message: str = ""


class DocumentOffered(Message):
    """The partner's page offers a document (PDF); `document` is its name for Receive.

    The kiosk keeps it for the visit, and shows its own name to nobody.
    """

    document: str
    size_bytes: int


class Stopped(Message):
    """The citizen pressed stop: every grant is revoked; the call goes on."""

    how: str


class Ended(Message):
    """The visit is over for the kiosk; `by`: agent, citizen, time."""

    by: str


FromAgent = (
    Ask
    | DeclareYes
    | Withdraw
    | GiveBack
    | Open
    | Go
    | Click
    | Type
    | Press
    | Choose
    | Tick
    | Attach
    | Scroll
    | Hover
    | Wheel
    | Scan
    | Receive
    | MirrorAgain
    | ShowAs
    | End
)
FromKiosk = (
    Live
    | Prompted
    | Grant
    | Done
    | Location
    | SecretAsked
    | ShownAs
    | ScanState
    | DocumentOffered
    | Stopped
    | Ended
)
Verb = Open | Go | Click | Type | Press | Choose | Tick | Attach | Scroll | Wheel | Hover
