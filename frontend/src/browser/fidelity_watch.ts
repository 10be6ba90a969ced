/** Compares the kiosk's samples with the replay, and says when the mirror does not follow. */
import {
  compare,
  judge,
  type Sample,
  type SampledNode,
  TRUSTING,
  type Trust,
} from "../core/fidelity.ts";
import { measured } from "./measured.ts";
import { isElement, type NodeMap } from "./replay_build.ts";

export interface FidelityHooks {
  /** The mirror is to begin anew. */
  onAgain(): void;
  /** It did, and does not follow all the same: a picture is to stand in for it. */
  onUnfaithful(): void;
}

export interface FidelityWatch {
  /** A sample came, behind all the lines that it speaks of. */
  take(sample: Sample): void;
  /** Another line came: the last sample is of a page that is no more. */
  stir(): void;
  /** Another page is shown. */
  begin(address: string): void;
  close(): void;
}

/** Pictures and fonts may still be on their way: what is wrong is looked at again. */
const LOOK_AGAIN_MS = 1_500;

export function watchFidelity(
  shown: () => { readonly doc: Document; readonly map: NodeMap } | null,
  hooks: FidelityHooks,
): FidelityWatch {
  let trust: Trust = TRUSTING;
  let address = "";
  let last: Sample | null = null;
  let timer = 0;

  const look = (): void => {
    window.clearTimeout(timer);
    const replay = shown();
    if (last === null || replay === null || replay.doc.documentElement.clientWidth === 0) return;
    const here = last.map(({ id }) => own(replay.map, id));
    const [next, verdict] = judge(trust, compare(last, here));
    const isWorse = next.wrong > trust.wrong;
    trust = next;
    if (isWorse) timer = window.setTimeout(look, LOOK_AGAIN_MS);
    if (verdict !== null) last = null;
    if (verdict === "again") hooks.onAgain();
    if (verdict === "picture") hooks.onUnfaithful();
  };

  return {
    take(sample) {
      last = sample;
      look();
    },
    stir() {
      last = null;
      window.clearTimeout(timer);
    },
    begin(url) {
      last = null;
      window.clearTimeout(timer);
      if (url !== address) trust = TRUSTING;
      address = url;
    },
    close() {
      last = null;
      window.clearTimeout(timer);
      trust = TRUSTING;
      address = "";
    },
  };
}

function own(map: NodeMap, id: number): SampledNode | null {
  const node = map.node(id);
  if (!isElement(node)) return null;
  const isMarked = node.hasAttribute("data-cordee-echo") || node.hasAttribute("data-cordee-blind");
  return measured(id, node, (text) => (isMarked ? null : text));
}
