/**
 * One peer connection of a call, the same code at both ends: perfect negotiation (W3C webrtc-pc
 * section 10.7), the kiosk impolite and first to offer, the agent polite. Media lines are
 * negotiated without tracks, so that going live is `replaceTrack` and costs no round trip.
 */

import type { LineMeasure } from "../core/line.ts";
import { hasUfrag, preferSpeech } from "../core/sdp.ts";
import type { Candidate, Signal } from "../core/wire/signal.ts";
import { openChannels } from "./channels.ts";
import { watchLine } from "./line_watch.ts";

const CANDIDATES_MOST = 128;

export interface PeerOptions {
  role: "kiosk" | "agent";
  iceServers: RTCIceServer[];
  relayOnly: boolean;
  /** A Description is unsigned (empty fingerprint and signature): the caller signs it. */
  onSignal(signal: Signal): void;
  onState(connection: RTCPeerConnectionState, control: RTCDataChannelState): void;
  onControl(text: string): void;
  onMirror?(data: ArrayBuffer): void;
  onMirrorHeard?(epoch: number, bytes: number): void;
  /** Called for each remote track, always with the same stream. */
  onTrack(stream: MediaStream): void;
}

export interface Peer {
  offer(): Promise<void>;
  /** In the order of the calls. Rejects when the browser refuses a description. */
  receive(signal: Signal): Promise<void>;
  /** Attaches the tracks, now or as soon as there are media lines. */
  goLive(stream: MediaStream): Promise<void>;
  hold(): Promise<void>;
  /** Whether a picture of the other end came within the last 10 s (webrtc-pc section 5.3). */
  getsPicture(): boolean;
  sendControl(text: string): void;
  sendMirror(data: Uint8Array): void;
  restartIce(): void;
  line(): Promise<LineMeasure>;
  close(): void;
}

export function openPeer(options: PeerOptions): Peer {
  const connection = new RTCPeerConnection({
    iceServers: options.iceServers,
    iceTransportPolicy: options.relayOnly ? "relay" : "all",
    bundlePolicy: "max-bundle",
  });
  const isPolite = options.role === "agent";
  const remote = new MediaStream();
  let attached: MediaStream | null = null;
  let mayOffer = false;
  let isOffering = false;
  let isIgnoring = false;
  let isClosed = false;
  let waiting: Candidate[] = [];
  let queue: Promise<void> = Promise.resolve();

  const tellState = () => {
    if (!isClosed) options.onState(connection.connectionState, channels.control.readyState);
  };
  const channels = openChannels(connection, {
    onState: tellState,
    onControl: (text) => options.onControl(text),
    onMirror: (data) => options.onMirror?.(data),
    onMirrorHeard: (epoch, bytes) => options.onMirrorHeard?.(epoch, bytes),
  });
  const line = watchLine(connection, {
    isLive: () => attached !== null,
    mirrorWaits: channels.mirrorWaits,
  });

  if (options.role === "kiosk") {
    connection.addTransceiver("audio", { direction: "sendrecv" });
    connection.addTransceiver("video", { direction: "sendrecv" });
  }

  const describe = () => {
    const description = connection.localDescription;
    if (isClosed || description === null) return;
    options.onSignal({
      type: "description",
      kind: description.type === "answer" ? "answer" : "offer",
      sdp: preferSpeech(description.sdp),
      fingerprint: "",
      signature: "",
    });
  };

  const makeOffer = async () => {
    try {
      isOffering = true;
      await connection.setLocalDescription();
      describe();
    } catch (error) {
      if (!isClosed) throw error;
    } finally {
      isOffering = false;
    }
  };

  connection.addEventListener("negotiationneeded", () => {
    if (mayOffer) void makeOffer();
  });
  connection.addEventListener("icecandidate", ({ candidate }) => {
    if (isClosed || candidate === null) return;
    const { candidate: text = "", sdpMid, sdpMLineIndex, usernameFragment } = candidate.toJSON();
    options.onSignal({
      type: "candidate",
      candidate: text,
      sdpMid,
      sdpMLineIndex,
      usernameFragment,
    });
  });
  connection.addEventListener("connectionstatechange", () => {
    tellState();
    if (connection.connectionState === "connected") void line.tune();
  });
  connection.addEventListener("track", ({ track }) => {
    remote.addTrack(track);
    options.onTrack(remote);
  });

  const attach = async (stream: MediaStream | null) => {
    await Promise.all(
      connection.getTransceivers().map(({ sender, receiver }) => {
        const tracks =
          receiver.track.kind === "audio" ? stream?.getAudioTracks() : stream?.getVideoTracks();
        const track = tracks?.[0] ?? null;
        return sender.track === track ? undefined : sender.replaceTrack(track);
      }),
    );
  };

  const takeDescription = async (kind: "offer" | "answer", sdp: string) => {
    const collides = kind === "offer" && (isOffering || connection.signalingState !== "stable");
    isIgnoring = !isPolite && collides;
    if (isIgnoring) return;
    await connection.setRemoteDescription({ type: kind, sdp });
    if (kind === "offer") {
      for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendrecv";
      await connection.setLocalDescription();
      describe();
      mayOffer = true;
      await attach(attached);
    }
    await takeWaiting(sdp);
    await line.tune();
  };

  // A candidate may overtake the description it belongs to, also at an ICE restart: it waits.
  const takeWaiting = async (sdp: string) => {
    const ready = waiting.filter((each) => belongs(each, sdp));
    waiting = waiting.filter((each) => !belongs(each, sdp));
    for (const each of ready) await connection.addIceCandidate(each);
  };

  const takeCandidate = async (candidate: Candidate) => {
    const sdp = connection.remoteDescription?.sdp;
    if (sdp === undefined || !belongs(candidate, sdp)) {
      waiting = [...waiting, candidate].slice(-CANDIDATES_MOST);
      return;
    }
    try {
      await connection.addIceCandidate(candidate);
    } catch (error) {
      if (!isIgnoring) throw error;
    }
  };

  const take = async (signal: Signal) => {
    if (isClosed) return;
    try {
      if (signal.type === "candidate") await takeCandidate(signal);
      else await takeDescription(signal.kind, signal.sdp);
    } catch (error) {
      if (!isClosed) throw error;
    }
  };

  return {
    async offer() {
      mayOffer = true;
      await makeOffer();
    },
    receive(signal) {
      const done = queue.then(() => take(signal));
      queue = done.catch(() => undefined);
      return done;
    },
    async goLive(stream) {
      attached = stream;
      await attach(stream);
      await line.tune();
    },
    async hold() {
      attached = null;
      await attach(null);
    },
    getsPicture: () =>
      connection
        .getReceivers()
        .some((each) => each.track.kind === "video" && each.getSynchronizationSources().length > 0),
    sendControl: channels.sendControl,
    sendMirror: channels.sendMirror,
    restartIce() {
      if (!isClosed) connection.restartIce();
    },
    line: line.latest,
    close() {
      isClosed = true;
      line.close();
      channels.close();
      connection.close();
    },
  };
}

function belongs(candidate: Candidate, sdp: string): boolean {
  const ufrag = candidate.usernameFragment;
  return !ufrag || hasUfrag(sdp, ufrag);
}
