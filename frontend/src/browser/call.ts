/**
 * The agent's side of the call: one RTCPeerConnection for each instance of the kiosk, every
 * description of the kiosk verified before the browser sees it, every one of ours signed.
 */
import type { LineMeasure } from "../core/line.ts";
import { codePayload, dtlsPayload, fingerprintOf, shortCode } from "../core/signed.ts";
import { type FromAgent, type FromKiosk, parseFromKiosk } from "../core/wire/control.ts";
import type { Relayed, SeatTaken } from "../core/wire/counter.ts";
import type { Certificate } from "../core/wire/http.ts";
import { checkSignal, type Signal } from "../core/wire/signal.ts";
import { type AgentKeys, isSignedBy, sign } from "./keys.ts";
import { openPeer, type Peer } from "./peer.ts";

export interface CallHooks {
  onOpened(): void;
  /** `fingerprint`: the kiosk did not prove who it is. */
  onRefused(why: string): void;
  onState(connection: string, control: string): void;
  onSaid(message: FromKiosk): void;
  onMirror(data: ArrayBuffer): void;
  onStream(stream: MediaStream): void;
  onCode(code: string): void;
  relay(relayed: Relayed): void;
}

export interface CallParts {
  readonly instance: string;
  readonly seat: () => SeatTaken | null;
  /** The keys once they are certified; null when the page is left or this browser cannot keep any. */
  readonly certified: Promise<{ keys: AgentKeys; certificate: Certificate } | null>;
}

export interface Calls {
  receive(relayed: Relayed): void;
  send(message: FromAgent): void;
  goLive(stream: MediaStream): Promise<void>;
  line(): Promise<LineMeasure | null>;
  close(): void;
}

interface Current {
  readonly kiosk: string;
  readonly peer: Peer;
  kioskFingerprint: string;
  agentFingerprint: string;
}

const EARLY_MOST = 64;

export function openCalls(parts: CallParts, hooks: CallHooks): Calls {
  let current: Current | null = null;
  let refused = "";
  let isOver = false;
  // Signals are treated one after the other: verifying takes time and must not reorder them.
  let queue: Promise<void> = Promise.resolve();
  let early: Relayed[] = [];

  const inOrder = (act: () => Promise<void>): void => {
    queue = queue.then(act).catch(() => hooks.onState("failed", "closed"));
  };

  const closePeer = (): void => {
    current?.peer.close();
    current = null;
  };

  const open = (kiosk: string, seat: SeatTaken): Current => {
    closePeer();
    hooks.onOpened();
    const peer = openPeer({
      role: "agent",
      iceServers: seat.ice_servers.map(({ urls, username, credential }) => ({
        urls,
        ...(username === null ? {} : { username }),
        ...(credential === null ? {} : { credential }),
      })),
      relayOnly: seat.relay_only,
      onSignal: (signal) => {
        if (current?.peer === peer) inOrder(() => say(opened, signal));
      },
      onState: (connection, control) => {
        if (current?.peer === peer) hooks.onState(connection, control);
      },
      onControl: (text) => {
        const message = parseFromKiosk(text);
        if (current?.peer === peer && message !== null) hooks.onSaid(message);
      },
      onMirror: (data) => {
        if (current?.peer === peer) hooks.onMirror(data);
      },
      onTrack: (stream) => {
        if (current?.peer === peer) hooks.onStream(stream);
      },
    });
    const opened: Current = { kiosk, peer, kioskFingerprint: "", agentFingerprint: "" };
    current = opened;
    return opened;
  };

  const say = async (call: Current, signal: UnsignedSignal): Promise<void> => {
    const seat = parts.seat();
    if (seat === null || call !== current) return;
    let signed: Record<string, unknown> = { ...signal };
    if (signal.type === "description") {
      const ready = await parts.certified;
      const fingerprint = fingerprintOf(signal.sdp);
      if (ready === null || fingerprint === null || call !== current) return;
      const signature = await sign(ready.keys, dtlsPayload(seat.visit, "agent", fingerprint));
      signed = { ...signal, fingerprint, signature, certificate: ready.certificate };
      call.agentFingerprint = fingerprint;
      await tellCode(call, seat);
    }
    const { visit } = seat;
    hooks.relay({
      type: "relayed",
      visit,
      instance: parts.instance,
      to: call.kiosk,
      signal: signed,
    });
  };

  const tellCode = async ({ kioskFingerprint, agentFingerprint }: Current, seat: SeatTaken) => {
    if (kioskFingerprint === "" || agentFingerprint === "") return;
    const payload = codePayload(seat.visit, kioskFingerprint, agentFingerprint);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(payload));
    hooks.onCode(shortCode(new Uint8Array(digest)));
  };

  /** Returns the fingerprint when the kiosk's key signed it and the description has no other. */
  const verified = async (signal: Signal, seat: SeatTaken): Promise<string | null> => {
    if (signal.type !== "description") return null;
    const fingerprint = fingerprintOf(signal.sdp);
    if (fingerprint === null || signal.fingerprint !== fingerprint) return null;
    const payload = dtlsPayload(seat.visit, "kiosk", fingerprint);
    return (await isSignedBy(seat.kiosk_key, payload, signal.signature)) ? fingerprint : null;
  };

  const treat = async (relayed: Relayed): Promise<void> => {
    const seat = parts.seat();
    if (isOver || seat === null || relayed.instance === refused) return;
    const checked = checkSignal(relayed.signal);
    if (!checked.ok) return;
    const signal = checked.message;
    const isOffer = signal.type === "description" && signal.kind === "offer";
    if (current?.kiosk !== relayed.instance && !isOffer) {
      early = [...early, relayed].slice(-EARLY_MOST);
      return;
    }
    if (signal.type === "candidate") {
      await current?.peer.receive(signal);
      return;
    }
    const fingerprint = await verified(signal, seat);
    if (fingerprint === null) {
      refused = relayed.instance;
      if (current?.kiosk === relayed.instance) {
        closePeer();
        hooks.onState("closed", "closed");
      }
      hooks.onRefused("fingerprint");
      return;
    }
    const call = current?.kiosk === relayed.instance ? current : open(relayed.instance, seat);
    call.kioskFingerprint = fingerprint;
    await call.peer.receive(signal);
    await tellCode(call, seat);
    const waiting = early.filter(({ instance }) => instance === call.kiosk);
    early = [];
    for (const each of waiting) await treat(each);
  };

  return {
    receive(relayed) {
      if (relayed.to === parts.instance) inOrder(() => treat(relayed));
    },
    send(message) {
      current?.peer.sendControl(JSON.stringify(message));
    },
    async goLive(stream) {
      await current?.peer.goLive(stream);
    },
    async line() {
      return (await current?.peer.line()) ?? null;
    },
    close() {
      isOver = true;
      closePeer();
    },
  };
}

type UnsignedSignal = Parameters<Parameters<typeof openPeer>[0]["onSignal"]>[0];
