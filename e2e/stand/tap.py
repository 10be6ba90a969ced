"""A tap on the call's data channels in the agent's browser: what came, and what is sent there.

The counter's own page never sends an act without leave; what is sent here does not ask the page.
"""

from __future__ import annotations

from typing import Any, TypeVar

from playwright.sync_api import BrowserContext, Page

from cordee_wire import control
from cordee_wire.message import Message, decode, encode
from e2e.stand.processes import wait_until

ANSWER_WITHIN_S = 15
FIRST_ID = 900_000
"""Above every id that the page counts up to."""

_LISTEN = """
(() => {
  if (globalThis.tap) return;
  const tap = { opened: 0, connection: null, control: null, heard: [], sent: [], mirrored: 0,
    lines: [] };
  globalThis.tap = tap;
  // Verbs that went well are answered in the mirror's stream: heard as if they were said.
  let epoch = -1, writer = null;
  const follow = (bytes) => {
    if (bytes[0] !== epoch) {
      epoch = bytes[0];
      const stream = new DecompressionStream("deflate-raw");
      writer = stream.writable.getWriter();
      void read(stream.readable.pipeThrough(new TextDecoderStream()).getReader());
    }
    writer.write(bytes.subarray(1)).catch(() => {});
  };
  const read = async (reader) => {
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\\n");
      rest = lines.pop();
      for (const line of lines) {
        if (tap.lines.length < 20000) tap.lines.push(line);
        if (!line.startsWith('{"t":"done"')) continue;
        tap.heard.push(JSON.stringify({ type: "done", id: JSON.parse(line).id, ok: true }));
      }
    }
  };
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, init) {
    const channel = create.call(this, label, init);
    if (label === "control") {
      tap.opened += 1;
      tap.connection = this;
      tap.control = channel;
      channel.addEventListener("message", ({ data }) => tap.heard.push(data));
      const send = channel.send;
      channel.send = (text) => { tap.sent.push(text); send.call(channel, text); };
    }
    if (label === "mirror") {
      channel.addEventListener("message", ({ data }) => {
        tap.mirrored += data.byteLength;
        follow(new Uint8Array(data));
      });
    }
    return channel;
  };
})();
"""

_FRAMES = """async () => {
  let decoded = 0, reported = 0;
  for (const each of (await tap.connection.getStats()).values()) {
    if (each.type === "inbound-rtp" && each.kind === "video") decoded += each.framesDecoded;
    if (each.type === "remote-inbound-rtp" && each.kind === "video")
      reported += each.roundTripTimeMeasurements;
  }
  return [decoded, reported];
}"""

M = TypeVar("M", bound=Message)


class Tap:
    """The newest call's channels in `page`. `listen` has to come before the page opens."""

    def __init__(self, page: Page) -> None:
        """Read and write in this page, which is (or will be) a counter."""
        self.page = page
        self._last_id = FIRST_ID

    @staticmethod
    def listen(context: BrowserContext) -> None:
        """Lay the tap in every page that this browser opens from now on."""
        context.add_init_script(_LISTEN)

    def next_id(self) -> int:
        """Return an id that neither the page nor this tap has used."""
        self._last_id += 1
        return self._last_id

    def say(self, *messages: Message) -> None:
        """Send on the control channel, one right after the other."""
        texts = [encode(each).decode() for each in messages]
        self.page.evaluate("texts => { for (const each of texts) tap.control.send(each); }", texts)

    def answer(
        self, message: control.Verb | control.Scan | control.Receive | control.Ask
    ) -> control.Done:
        """Send, and return the kiosk's `Done` to this message's id."""
        self.say(message)
        return self.done(message.id)

    def done(self, message_id: int) -> control.Done:
        """Wait for the kiosk's `Done` with this id."""

        def found() -> control.Done | None:
            return next((each for each in self.heard(control.Done) if each.id == message_id), None)

        said = wait_until(found, within_s=ANSWER_WITHIN_S, what=f"an answer to {message_id}")
        assert said is not None
        return said

    def leave(self) -> None:
        """End the visit, if the line is still there."""
        self.page.evaluate(
            "text => { if (tap.control?.readyState === 'open') tap.control.send(text); }",
            encode(control.End()).decode(),
        )

    def heard(self, kind: type[M]) -> list[M]:
        """Return what the kiosk has said of this kind, oldest first."""
        said: list[Any] = [
            decode(text, control.FromKiosk) for text in self.page.evaluate("tap.heard")
        ]
        return [each for each in said if isinstance(each, kind)]

    def sent(self, kind: type[M]) -> list[M]:
        """Return what has been said to the kiosk of this kind, by the page or here."""
        said: list[Any] = [
            decode(text, control.FromAgent) for text in self.page.evaluate("tap.sent")
        ]
        return [each for each in said if isinstance(each, kind)]

    def everything(self) -> str:
        """Return all that has come from the kiosk as text: control, and the mirror's lines."""
        return str(self.page.evaluate("[...tap.heard, ...tap.lines].join('\\n')"))

    def mirrored_bytes(self) -> int:
        """Return how much of the mirror has come over all calls of this page."""
        return int(self.page.evaluate("tap.mirrored"))

    def wait_for_pictures(self, *, within_s: float = 15) -> None:
        """Wait until more frames are decoded here and the kiosk has told that it gets ours."""
        decoded, reported = self.page.evaluate(_FRAMES)

        def has_gone_on() -> bool:
            after = self.page.evaluate(_FRAMES)
            return bool(after[0] > decoded + 5 and after[1] > reported)

        wait_until(has_gone_on, within_s=within_s, what="pictures go on both ways")
