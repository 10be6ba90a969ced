/**
 * When a call that lost its way asks for new candidates (ICE restart, RFC 8445 section 2.4). The
 * kiosk alone does so: one end that decides cannot collide with the other.
 */

export const DISCONNECTED_S = 2;
export const AGAIN_S = 4;

export type CallEvent =
  | { readonly type: "connection_changed"; readonly connection: string }
  | { readonly type: "ticked" };

export type CallEffect = { readonly type: "restart_ice" };

export interface CallState {
  readonly connection: string;
  /** Once connected, a loss is repaired; before, the negotiation itself is still under way. */
  readonly wasConnected: boolean;
  /** When to act next, on the clock that is passed in; null: nothing to wait for. */
  readonly deadline: number | null;
}

export const NEW_CALL: CallState = { connection: "new", wasConnected: false, deadline: null };

/** `now` in seconds. Returns the next state and what to do. */
export function stepCall(
  state: CallState,
  event: CallEvent,
  now: number,
): [CallState, CallEffect[]] {
  if (event.type === "ticked") {
    if (state.deadline === null || now < state.deadline) return [state, []];
    return restarted(state, now);
  }
  const { connection } = event;
  const next = { ...state, connection };
  if (connection === "connected") return [{ ...next, wasConnected: true, deadline: null }, []];
  if (connection === "closed") return [{ ...next, deadline: null }, []];
  if (connection === "failed") return restarted(next, now);
  if (connection === "disconnected") return [{ ...next, deadline: now + DISCONNECTED_S }, []];
  return [next, []];
}

function restarted(state: CallState, now: number): [CallState, CallEffect[]] {
  return [{ ...state, deadline: now + AGAIN_S }, [{ type: "restart_ice" }]];
}
