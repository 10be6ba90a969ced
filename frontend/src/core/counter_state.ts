/** What the counter remembers, what can happen to it, and what it may have done. */
import type { AttachEvent } from "./attaching.ts";
import { type Grants, noGrants } from "./grants.ts";
import { noPapers, type Papers, type PapersEffect, type PapersEvent } from "./papers.ts";
import { mirrored, type ShownPage } from "./shown_page.ts";
import { type Focus, type FocusAfter, noVerbs, type VerbDraft, type Verbs } from "./verbs.ts";
import type { Act, Done, FromAgent, FromKiosk, Location, Way } from "./wire/control.ts";
import type { FromServer, Relayed, SeatTaken } from "./wire/counter.ts";

export type CallState = "idle" | "warm" | "live" | "cut" | "ended";

export interface Counter {
  readonly link: "joining" | "joined" | "lost" | "refused";
  readonly linkTrouble: string;
  readonly seat: SeatTaken | null;
  /** The kiosk's instance as the server last told it; null when it is not there. */
  readonly kioskThere: boolean;
  readonly call: CallState;
  readonly callTrouble: string;
  /** This browser cannot keep the agent's keys: no call is answered from here. */
  readonly isKeyless: boolean;
  readonly isControlOpen: boolean;
  readonly endedBy: string;
  readonly grants: Grants;
  readonly verbs: Verbs;
  readonly papers: Papers;
  readonly location: Location | null;
  /** What the person types on their own keyboard in a blind field; empty: it is closed. */
  readonly secret: string;
  readonly page: ShownPage;
  /** The last thing that did not work, in the kiosk's words. */
  /** The verb at which the page asked something that the kiosk answered no. */
  readonly questioned: VerbDraft | null;
  readonly trouble: { readonly code: string; readonly message: string } | null;
  /** Pages in the agent's hand, to be laid into a file field of the page. */
  readonly armed: readonly string[];
  /** The agent's next wish once scan is given. */
  readonly wantsScan: boolean;
  readonly outcome: "none" | "sending" | "noted" | "failed";
  readonly isMuted: boolean;
  readonly isHidden: boolean;
}

export type CounterEvent =
  | { readonly kind: "link_open" }
  | { readonly kind: "link_lost" }
  | { readonly kind: "told"; readonly message: FromServer }
  | { readonly kind: "said"; readonly message: FromKiosk }
  | { readonly kind: "call_opened" }
  | { readonly kind: "call_refused"; readonly why: string }
  | { readonly kind: "keys_awaited"; readonly isElsewhere: boolean }
  | { readonly kind: "keys_found" }
  | { readonly kind: "keys_unsupported" }
  | { readonly kind: "hand_missed" }
  | { readonly kind: "call_state"; readonly connection: string; readonly control: string }
  | { readonly kind: "want"; readonly act: Act }
  | { readonly kind: "declare_yes" }
  | { readonly kind: "withdraw" }
  | { readonly kind: "give_back"; readonly act: Act }
  | { readonly kind: "verb"; readonly verb: VerbDraft; readonly focus: FocusAfter }
  | { readonly kind: "typed"; readonly text: string }
  | { readonly kind: "space" }
  | { readonly kind: "focus"; readonly focus: Focus }
  | { readonly kind: "mirror_lost" }
  | { readonly kind: "say_yes" }
  /** The agent, or the check of the mirror, wants the page shown in this way. */
  | { readonly kind: "show_as"; readonly way: Way; readonly why: "asked" | "unfaithful" }
  | { readonly kind: "scan" }
  | AttachEvent
  /** A document that the partner's page offered is wanted here. */
  | { readonly kind: "receive"; readonly document: string }
  | { readonly kind: "papers"; readonly event: PapersEvent }
  | { readonly kind: "mute" }
  | { readonly kind: "hide" }
  | { readonly kind: "end"; readonly outcome: string }
  | { readonly kind: "note"; readonly outcome: string }
  | { readonly kind: "outcome_noted" }
  | { readonly kind: "outcome_failed" }
  | { readonly kind: "tick" };

export type CounterEffect =
  | { readonly kind: "send"; readonly message: FromAgent }
  | { readonly kind: "signal"; readonly relayed: Relayed }
  | { readonly kind: "go_live"; readonly at: number }
  | { readonly kind: "clear_mirror" }
  | { readonly kind: "answered"; readonly done: Done }
  | { readonly kind: "list_pages" }
  | { readonly kind: "close_call" }
  | { readonly kind: "set_tracks"; readonly mic: boolean; readonly camera: boolean }
  | { readonly kind: "note_outcome"; readonly outcome: string }
  | { readonly kind: "told_time"; readonly sent: number; readonly now: number }
  | PapersEffect;

export const startCounter: Counter = {
  link: "joining",
  linkTrouble: "",
  seat: null,
  kioskThere: false,
  call: "idle",
  callTrouble: "",
  isKeyless: false,
  isControlOpen: false,
  endedBy: "",
  grants: noGrants,
  verbs: noVerbs,
  papers: noPapers,
  location: null,
  secret: "",
  page: mirrored,
  questioned: null,
  trouble: null,
  armed: [],
  wantsScan: false,
  outcome: "none",
  isMuted: false,
  isHidden: false,
};

export type Step = [Counter, readonly CounterEffect[]];

/** What `callTrouble` says of the agent's keys: in another browser, or not yet certified. */
export const KEY_TROUBLES = { keys_missing: true, keys_pending: true };
