/** The mirror's lines about what has no nodes: pictures and fonts by hash, and islands. */
import { isRecord } from "./replay_clean.ts";
import { number, SIDE_MOST_PX, side, text } from "./replay_values.ts";

/** Which bytes are behind a key: sizes in px as sent, and the page's own; 0 where not known. */
export interface AssetEvent {
  readonly kind: "asset";
  readonly key: string;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly ownWidth: number;
  readonly ownHeight: number;
}

/** A font that a document's style sheets bring, with its descriptors as FontFace names them. */
export interface FontEvent {
  readonly kind: "font";
  readonly id: number;
  readonly key: string;
  readonly family: string;
  readonly descriptors: Readonly<Record<string, string>>;
}

const KEY = /^[pcf]\d{1,9}-\d{1,6}$/;
const HASH = /^[0-9a-f]{32}$/;
const DESCRIPTORS = [
  "style",
  "weight",
  "stretch",
  "unicodeRange",
  "featureSettings",
  "variationSettings",
  "ascentOverride",
  "descentOverride",
  "lineGapOverride",
  "sizeAdjust",
];

/** Which picture an island shows, and in what part of its box; sizes in CSS px. */
export interface IslandEvent {
  readonly kind: "island";
  readonly id: number;
  /** SHA-256 of the picture in hex; empty: none. */
  readonly hash: string;
  readonly isCovered: boolean;
  readonly left: number;
  readonly top: number;
  readonly w: number;
  readonly h: number;
  readonly width: number;
  readonly height: number;
}

export function island(value: Record<string, unknown>, id: number): IslandEvent {
  const hash = text(value.hash);
  const px = (given: unknown) => Math.min(Math.max(number(given), 0), SIDE_MOST_PX);
  return {
    kind: "island",
    id,
    hash: /^[0-9a-f]{64}$/.test(hash) ? hash : "",
    isCovered: value.covered === true,
    left: px(value.left),
    top: px(value.top),
    w: px(value.w),
    h: px(value.h),
    width: px(value.width),
    height: px(value.height),
  };
}

export function asset(value: Record<string, unknown>): AssetEvent | null {
  const hash = text(value.hash);
  if (key(value) === "" || !HASH.test(hash)) return null;
  const [width, height] = [side(value.w), side(value.h)];
  const [ownWidth, ownHeight] = [side(value.nw ?? value.w), side(value.nh ?? value.h)];
  return { kind: "asset", key: key(value), hash, width, height, ownWidth, ownHeight };
}

export function font(value: Record<string, unknown>, id: number): FontEvent | null {
  const given = isRecord(value.d) ? value.d : {};
  const descriptors: Record<string, string> = {};
  for (const name of DESCRIPTORS) {
    const told = given[name];
    if (typeof told === "string") descriptors[name] = told;
  }
  const family = text(value.family);
  return key(value) === "" || family === ""
    ? null
    : { kind: "font", id, key: key(value), family, descriptors };
}

/** Empty when it is none: what it is put into is CSS. */
export function key(value: Record<string, unknown>): string {
  const given = text(value.key);
  return KEY.test(given) ? given : "";
}
