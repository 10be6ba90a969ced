/** The agent's keys and what the server says of them: made on first use, certified by a person. */
import type { Certificate, KeysState } from "../core/wire/http.ts";
import { fetchKeys, offerKeys } from "./api.ts";
import { type AgentKeys, findKeys, KeysUnsupported, makeKeys, offerOf } from "./keys.ts";

export interface KeysHere {
  /** Null when the certified keys are in another browser. */
  readonly keys: AgentKeys | null;
  readonly state: KeysState;
}

/**
 * Returns this browser's keys, made and offered when the agent has none anywhere. Keys certified
 * elsewhere are never replaced here without being asked.
 *
 * Throws ApiRefused and KeysUnsupported.
 */
export async function ensureKeys(): Promise<KeysHere> {
  const state = await fetchKeys();
  const found = await findKeys(state.agent);
  if (found !== null && found.verifyKey === state.verify_key) {
    // The certificate ends soon: the same keys are offered again, and the root makes the next one.
    const asks = state.is_renewal_due && !state.is_renewal_asked;
    return { keys: found, state: asks ? await offerKeys(await offerOf(found)) : state };
  }
  if (state.state === "certified") return { keys: null, state };
  const keys = found ?? (await makeKeys(state.agent));
  return { keys, state: await offerKeys(await offerOf(keys)) };
}

/** Makes new keys here and offers them in the place of those of another browser. */
export async function replaceKeys(): Promise<KeysHere> {
  const { agent } = await fetchKeys();
  const keys = await makeKeys(agent);
  return { keys, state: await offerKeys(await offerOf(keys)) };
}

const LOOK_EVERY_MS = 3_000;

/**
 * Waits until this browser's keys are certified; `onWait` is told each time they are not. Returns
 * null once `isOver`. Throws KeysUnsupported: asking again would change nothing.
 */
export async function untilCertified(
  onWait: (here: KeysHere) => void,
  isOver: () => boolean,
): Promise<{ keys: AgentKeys; certificate: Certificate } | null> {
  while (!isOver()) {
    try {
      const here = await ensureKeys();
      const { certificate } = here.state;
      if (here.keys !== null && here.state.state === "certified" && certificate !== null) {
        return { keys: here.keys, certificate };
      }
      onWait(here);
    } catch (error) {
      // The server restarts or the line is down: asked again below.
      if (!(error instanceof Error) || error instanceof KeysUnsupported) throw error;
    }
    await new Promise((resolve) => window.setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}
