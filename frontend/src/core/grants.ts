/**
 * The citizen's leave, as the agent's page knows it. The kiosk decides; this only remembers what it
 * said, and asks for one act at a time, in the order in which they need each other.
 */
import { ACTS, type Act, type FromAgent, type FromKiosk } from "./wire/control.ts";

export type GrantState =
  | "none"
  | "asked"
  | "speaking"
  | "waiting"
  | "given"
  | "refused"
  | "revoked"
  | "withdrawn";

export interface GrantOfAct {
  readonly state: GrantState;
  readonly how: string;
  readonly at: number;
}

export interface Grants {
  readonly acts: Readonly<Record<Act, GrantOfAct>>;
  /** The request under way: our id of Ask, and the kiosk's number once it has been told. */
  readonly asking: { readonly act: Act; readonly id: number; readonly request: number } | null;
  /** Asked for next, once the one before is given. */
  readonly wanted: readonly Act[];
}

const never: GrantOfAct = { state: "none", how: "", at: 0 };

export const noGrants: Grants = {
  acts: { see: never, control: never, scan: never },
  asking: null,
  wanted: [],
};

/** What must be given before an act can be asked for. */
const NEEDS: Readonly<Record<Act, readonly Act[]>> = { see: [], control: ["see"], scan: [] };

export function isGiven(grants: Grants, act: Act): boolean {
  return grants.acts[act].state === "given";
}

/** Returns the state after the agent wants an act; nothing changes when it is given or asked. */
export function want(grants: Grants, act: Act): Grants {
  const missing = [...NEEDS[act], act].filter(
    (each) => !isGiven(grants, each) && grants.asking?.act !== each,
  );
  const wanted = [...grants.wanted, ...missing.filter((each) => !grants.wanted.includes(each))];
  return { ...grants, wanted };
}

/** Sends the next request when none is under way; `id` is used only then. */
export function askNext(grants: Grants, id: number): [Grants, FromAgent | null] {
  const [act, ...rest] = grants.wanted;
  if (grants.asking !== null || act === undefined) return [grants, null];
  const acts = { ...grants.acts, [act]: { state: "asked", how: "", at: 0 } as const };
  return [
    { acts, asking: { act, id, request: 0 }, wanted: rest },
    { type: "ask", act, id },
  ];
}

/** Returns the state after the kiosk said something of a request or a grant. */
export function heard(grants: Grants, said: FromKiosk, now: number): Grants {
  switch (said.type) {
    case "prompted":
      return {
        ...grants,
        acts: { ...grants.acts, [said.act]: { state: said.state, how: "", at: 0 } },
        asking: { act: said.act, id: said.id, request: said.request },
      };
    case "grant": {
      const { act, state, how } = said;
      const isAnswer = grants.asking?.act === act;
      const acts = { ...grants.acts, [act]: { state, how, at: said.at || now } };
      return {
        acts,
        asking: isAnswer ? null : grants.asking,
        wanted: state === "given" ? grants.wanted : withoutDependents(grants.wanted, act),
      };
    }
    case "done":
      // The kiosk would not even ask (busy, not_allowed): back to what was before.
      if (said.ok || grants.asking?.id !== said.id) return grants;
      return {
        acts: { ...grants.acts, [grants.asking.act]: never },
        asking: null,
        wanted: withoutDependents(grants.wanted, grants.asking.act),
      };
    case "stopped":
    case "ended":
      return revokedAll(grants, said.type === "stopped" ? said.how : "ended", now);
    default:
      return grants;
  }
}

/** Returns the state after a cut or a stop: nothing is given any more, nothing is asked. */
export function revokedAll(grants: Grants, how: string, now: number): Grants {
  const after = (grant: GrantOfAct): GrantOfAct => {
    if (grant.state === "given") return { state: "revoked", how, at: now };
    return isPending(grant.state) ? never : grant;
  };
  const { see, control, scan } = grants.acts;
  return {
    acts: { see: after(see), control: after(control), scan: after(scan) },
    asking: null,
    wanted: [],
  };
}

/** Whether a request for this act is under way. */
export function isPending(state: GrantState): boolean {
  return state === "asked" || state === "speaking" || state === "waiting";
}

function withoutDependents(wanted: readonly Act[], act: Act): readonly Act[] {
  const lost = new Set<Act>(ACTS.filter((each) => each === act || NEEDS[each].includes(act)));
  return wanted.filter((each) => !lost.has(each));
}
