"""What a page's peer connections are doing: kept from before its first script, read by getStats."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

_KEEP = """
(() => {
  const Own = window.RTCPeerConnection;
  window.peersOpened = [];
  window.RTCPeerConnection = class extends Own {
    constructor(...options) {
      super(...options);
      window.peersOpened.push(this);
    }
  };
})();
"""

_LOOK = """
async () => Promise.all(window.peersOpened.map(async (peer) => {
  const all = new Map();
  (await peer.getStats()).forEach((one) => all.set(one.id, one));
  const found = [...all.values()];
  const transport = found.find(({ type }) => type === 'transport');
  const pair = all.get(transport?.selectedCandidatePairId);
  // The face's line, and that of the shared page, which is empty until it is asked for.
  const videos = found.filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  return {
    connection: peer.connectionState,
    dtls: transport?.dtlsState ?? '',
    local: all.get(pair?.localCandidateId)?.candidateType ?? '',
    remote: all.get(pair?.remoteCandidateId)?.candidateType ?? '',
    frames: videos.reduce((sum, { framesDecoded }) => sum + (framesDecoded ?? 0), 0),
    received: transport?.bytesReceived ?? 0,
  };
}))
"""


@dataclass(frozen=True)
class Peer:
    """One RTCPeerConnection of the page: states and candidate types as the W3C names them.

    `frames`: pictures decoded; `received_bytes`: by its transport, ICE excepted. Types are empty
    while no candidate pair is selected.
    """

    connection: str
    dtls: str
    local: str
    remote: str
    frames: int
    received_bytes: int


def keep_peers(context: BrowserContext) -> None:
    """Let every page that is opened from now on keep its peer connections for `peers_of`."""
    context.add_init_script(_KEEP)


def peers_of(page: Page) -> list[Peer]:
    """Return the peer connections that the page has opened, closed ones too, oldest first."""
    found = page.evaluate(_LOOK)
    return [
        Peer(
            connection=one["connection"],
            dtls=one["dtls"],
            local=one["local"],
            remote=one["remote"],
            frames=one["frames"],
            received_bytes=one["received"],
        )
        for one in found
    ]
