/**
 * Whether the replay shows what the kiosk's page shows. The recorder tells a sample of what stands
 * in view (a mirror line `sample`), behind all that it has told before; the replay looks at the same
 * nodes. One that differs now and then is nothing; one that stays different is told.
 */

export interface SampledNode {
  readonly id: number;
  /** `textHash` of its own text; 0 where that is not compared. */
  readonly text: number;
  /** In CSS px of its own window, scrolled to the beginning. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How far what is around it is scrolled. */
  readonly scrolledX: number;
  readonly scrolledY: number;
}

export type Sample = readonly SampledNode[];

export interface Compared {
  readonly nodes: number;
  readonly wrongTexts: number;
  readonly wrongBoxes: number;
}

const EXACT_PX = 2;
/**
 * Other fonts make other widths and heights: between the usual sans-serif fonts of Debian, Windows
 * and macOS a text is up to an eighth wider. Lines that break elsewhere move all that follows.
 */
const FONT_SHARE = 0.15;
const WRONG_SHARE = 0.25;
const NODES_LEAST = 4;
/** Samples in a row that are wrong before anything is done. */
export const WRONG_IN_A_ROW = 3;

/** Compares what the kiosk says with what stands here; null is a node that is not here. */
export function compare(sample: Sample, here: readonly (SampledNode | null)[]): Compared {
  let [wrongTexts, wrongBoxes] = [0, 0];
  for (const [at, there] of sample.entries()) {
    const own = here[at];
    if (!own || (there.text !== 0 && own.text !== 0 && there.text !== own.text)) wrongTexts += 1;
    else if (!isSameBox(there, own)) wrongBoxes += 1;
  }
  return { nodes: sample.length, wrongTexts, wrongBoxes };
}

function isSameBox(there: SampledNode, here: SampledNode): boolean {
  const isSameSize =
    isNear(there.width, here.width, there.width) && isNear(there.height, here.height, there.height);
  // Scrolled differently on both sides, all but what is fixed has the same place in the document.
  const inDocument = isNear(there.x, here.x, there.x) && isNear(there.y, here.y, there.y);
  const [thereX, thereY] = [there.x - there.scrolledX, there.y - there.scrolledY];
  const [hereX, hereY] = [here.x - here.scrolledX, here.y - here.scrolledY];
  const inWindow = isNear(thereX, hereX, thereX) && isNear(thereY, hereY, thereY);
  return isSameSize && (inDocument || inWindow);
}

function isNear(one: number, other: number, of: number): boolean {
  return Math.abs(one - other) <= EXACT_PX + FONT_SHARE * Math.abs(of);
}

export function isWrong({ nodes, wrongTexts, wrongBoxes }: Compared): boolean {
  return nodes >= NODES_LEAST && wrongTexts + wrongBoxes > WRONG_SHARE * nodes;
}

export interface Trust {
  readonly wrong: number;
  /** The mirror was begun anew because of this, and has not been right since. */
  readonly isAgain: boolean;
  /** The picture was chosen: nothing more is proposed for this page. */
  readonly isDone: boolean;
}

export const TRUSTING: Trust = { wrong: 0, isAgain: false, isDone: false };

export type Verdict = "again" | "picture" | null;

/** Steps from one compared sample to the next: first the mirror anew, then the picture. */
export function judge(trust: Trust, compared: Compared): [Trust, Verdict] {
  if (trust.isDone) return [trust, null];
  if (!isWrong(compared)) {
    // A page with too little to compare says nothing either way.
    return compared.nodes < NODES_LEAST ? [trust, null] : [TRUSTING, null];
  }
  const wrong = trust.wrong + 1;
  if (wrong < WRONG_IN_A_ROW) return [{ ...trust, wrong }, null];
  if (!trust.isAgain) return [{ wrong: 0, isAgain: true, isDone: false }, "again"];
  return [{ wrong: 0, isAgain: true, isDone: true }, "picture"];
}

/** FNV-1a of a text without its spaces, in 1 … 2^24: 0 stands for "not compared". */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text.replace(/\s+/g, "")) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return ((hash >>> 0) % 0xffffff) + 1;
}
