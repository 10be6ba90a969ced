/** The mirror's lines (JSON, one each), parsed into what the replay applies. */
import type { Sample } from "./fidelity.ts";
import { type CleanNode, cleanAttribute, cleanCss, cleanNode, isRecord } from "./replay_clean.ts";

export interface Added {
  readonly parent: number;
  readonly next: number | null;
  readonly node: CleanNode;
}

/** A value of null takes the attribute away; a record changes single style properties. */
export type AttributeChange = string | null | Readonly<Record<string, StyleChange>>;
export type StyleChange = { readonly value: string; readonly priority: string } | null;

export interface Changed {
  readonly id: number;
  readonly attributes: Readonly<Record<string, AttributeChange>>;
}

export interface Rule {
  readonly rule: string;
  readonly index: readonly number[];
}

/** What is selected in a field; a caret alone where both are the same. */
export interface Caret {
  readonly start: number;
  readonly end: number;
}

export type ReplayEvent =
  | {
      readonly kind: "page";
      readonly url: string;
      readonly title: string;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly kind: "full";
      readonly node: CleanNode;
      readonly top: number;
      readonly left: number;
      /** The frame element that this is the document of; 0 for the page itself. */
      readonly owner: number;
    }
  | {
      readonly kind: "mutation";
      readonly texts: readonly { readonly id: number; readonly text: string }[];
      readonly attributes: readonly Changed[];
      readonly removes: readonly number[];
      readonly adds: readonly Added[];
    }
  | {
      readonly kind: "input";
      readonly id: number;
      readonly text: string;
      readonly isChecked: boolean;
      /** Where the caret stands after it, in UTF-16 units; null in a field without one. */
      readonly caret: Caret | null;
    }
  /** The kiosk has done this verb; what it changed stands in the lines before. */
  | { readonly kind: "done"; readonly verb: number }
  | { readonly kind: "blind"; readonly id: number; readonly isFilled: boolean }
  | { readonly kind: "scroll"; readonly id: number; readonly top: number; readonly left: number }
  | { readonly kind: "viewport"; readonly width: number; readonly height: number }
  | { readonly kind: "focus"; readonly id: number }
  | { readonly kind: "select"; readonly id: number; readonly start: number; readonly end: number }
  | {
      readonly kind: "rules";
      readonly id: number;
      readonly styleId: number;
      readonly adds: readonly Rule[];
      readonly removes: readonly (readonly number[])[];
      readonly replace: string | null;
    }
  | {
      readonly kind: "adopted";
      readonly id: number;
      readonly styles: readonly { readonly styleId: number; readonly rules: readonly Rule[] }[];
      readonly styleIds: readonly number[];
    }
  | IslandEvent
  | { readonly kind: "sample"; readonly nodes: Sample }
  | {
      readonly kind: "picture";
      readonly id: number;
      readonly width: number;
      readonly height: number;
      /** What it shows, empty where it shows nothing. */
      readonly key: string;
    }
  | AssetEvent
  | FontEvent;

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

const SIDE_MOST_PX = 16_384;
const SAMPLED_MOST = 64;

/** Returns the event of one line, or null when it is none. */
export function parseReplayLine(line: string): ReplayEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isRecord(value) ? parseReplayEvent(value) : null;
}

function parseReplayEvent(value: Record<string, unknown>): ReplayEvent | null {
  const id = number(value.id);
  switch (value.t) {
    case "page":
      return {
        kind: "page",
        url: text(value.url),
        title: text(value.title),
        width: number(value.width),
        height: number(value.height),
      };
    case "full": {
      const node = cleanNode(value.node);
      if (node === null) return null;
      const [top, left, owner] = [value.top, value.left, value.owner].map(number);
      return { kind: "full", node, top: top ?? 0, left: left ?? 0, owner: owner ?? 0 };
    }
    case "mutation":
      return isRecord(value.d) ? mutation(value.d) : null;
    case "input":
      return {
        kind: "input",
        id,
        text: text(value.text),
        isChecked: isChecked(value),
        caret: caret(value),
      };
    case "done":
      return { kind: "done", verb: id };
    case "blind":
      return { kind: "blind", id, isFilled: value.filled === true };
    case "scroll":
      return { kind: "scroll", id, top: number(value.top), left: number(value.left) };
    case "viewport":
      return { kind: "viewport", width: number(value.width), height: number(value.height) };
    case "focus":
      return { kind: "focus", id };
    case "select":
      return { kind: "select", id, start: number(value.start), end: number(value.end) };
    case "sheet":
      return sheet(isRecord(value.d) ? value.d : value);
    case "sample":
      return { kind: "sample", nodes: sample(value.nodes) };
    case "island":
      return island(value, id);
    case "picture":
      return {
        kind: "picture",
        id,
        width: side(value.width),
        height: side(value.height),
        key: key(value),
      };
    case "asset":
      return asset(value);
    case "font":
      return font(value, id);
    default:
      return null;
  }
}

function sample(value: unknown): Sample {
  if (!Array.isArray(value)) return [];
  return value.slice(0, SAMPLED_MOST).map((each: unknown) => {
    const [id, hash, x, y, width, height, scrolledX, scrolledY] = indexes(each);
    return {
      id: id ?? 0,
      text: hash ?? 0,
      x: x ?? 0,
      y: y ?? 0,
      width: width ?? 0,
      height: height ?? 0,
      scrolledX: scrolledX ?? 0,
      scrolledY: scrolledY ?? 0,
    };
  });
}

function island(value: Record<string, unknown>, id: number): IslandEvent {
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

function asset(value: Record<string, unknown>): AssetEvent | null {
  const hash = text(value.hash);
  if (key(value) === "" || !HASH.test(hash)) return null;
  const [width, height] = [side(value.w), side(value.h)];
  const [ownWidth, ownHeight] = [side(value.nw ?? value.w), side(value.nh ?? value.h)];
  return { kind: "asset", key: key(value), hash, width, height, ownWidth, ownHeight };
}

function font(value: Record<string, unknown>, id: number): FontEvent | null {
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
function key(value: Record<string, unknown>): string {
  const given = text(value.key);
  return KEY.test(given) ? given : "";
}

function caret(value: Record<string, unknown>): Caret | null {
  if (typeof value.start !== "number" || typeof value.end !== "number") return null;
  return { start: number(value.start), end: number(value.end) };
}

function isChecked(value: Record<string, unknown>): boolean {
  return value.checked === true || value.isChecked === true;
}

function mutation(data: Record<string, unknown>): ReplayEvent {
  return {
    kind: "mutation",
    texts: records(data.texts).map((each) => ({ id: number(each.id), text: text(each.value) })),
    attributes: records(data.attributes).map(changed),
    removes: records(data.removes).map((each) => number(each.id)),
    adds: records(data.adds).flatMap((each) => {
      const node = cleanNode(each.node);
      if (node === null) return [];
      const next = typeof each.nextId === "number" ? each.nextId : null;
      return [{ parent: number(each.parentId), next, node }];
    }),
  };
}

function changed(data: Record<string, unknown>): Changed {
  const attributes: Record<string, AttributeChange> = {};
  const given = isRecord(data.attributes) ? data.attributes : {};
  for (const [name, value] of Object.entries(given)) {
    // The replay's own marks are not the page's to take away.
    if (name.toLowerCase().startsWith("data-cordee-")) continue;
    if (name === "style" && isRecord(value)) attributes[name] = styleChanges(value);
    else if (name === "_cssText") attributes[name] = cleanCss(text(value));
    else if (value === null) attributes[name] = null;
    else {
      const clean = cleanAttribute("", name, value);
      if (clean !== null) attributes[name] = clean;
    }
  }
  return { id: number(data.id), attributes };
}

function styleChanges(given: Record<string, unknown>): Record<string, StyleChange> {
  const changes: Record<string, StyleChange> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === false) changes[name] = null;
    else if (Array.isArray(value)) {
      changes[name] = { value: cleanCss(text(value[0])), priority: text(value[1]) };
    } else changes[name] = { value: cleanCss(text(value)), priority: "" };
  }
  return changes;
}

function sheet(data: Record<string, unknown>): ReplayEvent | null {
  const id = number(data.id);
  const styleId = number(data.styleId);
  switch (data.source) {
    case 8: {
      const replace = data.replace ?? data.replaceSync;
      return {
        kind: "rules",
        id,
        styleId,
        adds: rules(data.adds),
        removes: records(data.removes).map((each) => indexes(each.index)),
        replace: typeof replace === "string" ? cleanCss(replace) : null,
      };
    }
    case 15:
      return {
        kind: "adopted",
        id,
        styles: records(data.styles).map((each) => ({
          styleId: number(each.styleId),
          rules: rules(each.rules),
        })),
        styleIds: indexes(data.styleIds),
      };
    default:
      return null;
  }
}

function rules(value: unknown): Rule[] {
  return records(value).map((each) => ({
    rule: cleanCss(text(each.rule)),
    index: indexes(each.index),
  }));
}

function indexes(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "number") : [];
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** A picture's width or height in CSS px, as far as a browser draws one. */
function side(value: unknown): number {
  return Math.min(Math.max(Math.round(number(value)), 0), SIDE_MOST_PX);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
