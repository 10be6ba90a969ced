/** The scenes of the stage: everything that one shows, in words and numbers. */

import type { SecretKeyboard } from "./secret_keys.ts";
import type { Touch } from "./wire/stage.ts";

export interface Choice {
  readonly label: string;
  readonly touch: Touch;
}

export type Card =
  | {
      readonly kind: "request";
      readonly request: number;
      readonly who: string;
      readonly question: string;
      readonly choices: readonly [Choice, Choice];
      readonly hints: readonly string[];
    }
  | {
      readonly kind: "end";
      readonly question: string;
      readonly choices: readonly [Choice, Choice];
    }
  /** Scanned pages are about to go to a site; `picture` is the first, as JPEG in base64. */
  | {
      readonly kind: "paper";
      readonly title: string;
      readonly host: string;
      readonly hint: string;
      readonly picture: string;
    }
  | { readonly kind: "note"; readonly title: string; readonly text: string }
  | {
      readonly kind: "leaves";
      readonly title: string;
      readonly items: readonly string[];
      readonly hint: string;
    };

export interface Light {
  readonly tone: "ok" | "warn" | "bad";
  readonly word: string;
  readonly detail: string;
}

export interface Help {
  readonly label: string;
  readonly phone: string;
}

export interface Common {
  readonly theme: "day" | "night";
  readonly lang: string;
  readonly title: string;
  readonly help: Help;
}

export interface Idle extends Common {
  readonly scene: "idle";
  readonly place: readonly [string, string];
  readonly itIs: string;
  readonly clock: string;
  readonly date: string;
  readonly next: { title: string; hour: string; when: string; near: string } | null;
  readonly noNext: string;
  readonly say: string;
  readonly near: readonly [string, string, string];
}

export interface Welcome extends Common {
  readonly scene: "welcome";
  readonly site: string;
  readonly itIs: string;
  readonly clock: string;
  readonly appointment: string;
  readonly partner: string;
  readonly you: string;
  readonly agent: string;
  readonly inward: string;
  readonly left: string;
  /** How much of the rope is done, 0 to 1. */
  readonly progress: number;
  readonly lead: string;
  readonly text: string;
  readonly choice: Choice;
}

/** Own picture, nobody sees it: the last seconds, or the agent is late. */
export interface Wait extends Common {
  readonly scene: "wait";
  readonly inTool: boolean;
  readonly you: string;
  readonly warning: string;
  readonly lead: string;
  /** The seconds left; empty when the agent is late. */
  readonly count: string;
  readonly unit: string;
  readonly text: string;
  readonly privacy: string;
  readonly choice: Choice;
}

export interface Call extends Common {
  readonly scene: "call";
  /** Held in the partner's own tool: neither face is ours to show. */
  readonly inTool: boolean;
  /** Whether the partner's page stands beside the face. */
  readonly together: boolean;
  /** Orange while the agent may see or fill in. */
  readonly held: boolean;
  readonly banner: string;
  readonly host: string;
  /** Whether the page is reached by https. */
  readonly isSecure: boolean;
  readonly hole: string;
  readonly agent: string;
  readonly partner: string;
  readonly you: string;
  readonly warning: string;
  readonly coming: string;
  /** Laid over the face while the line is cut. */
  readonly cut: string;
  readonly code: { readonly label: string; readonly digits: string } | null;
  readonly light: Light;
  readonly stop: Choice;
  readonly stopHint: string;
  readonly card: Card;
  /** Open while the citizen may type in a blind field of the page. */
  readonly keyboard: SecretKeyboard | null;
}

export interface Notice extends Common {
  readonly scene: "notice";
  readonly kind: "apology" | "thanks" | "trouble";
  readonly lead: string;
  readonly lines: readonly string[];
  readonly call: string;
}

export type Scene = Idle | Welcome | Wait | Call | Notice;
