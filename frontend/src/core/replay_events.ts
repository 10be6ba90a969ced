/** The mirror's lines (JSON, one each), parsed into what the replay applies. */
import type { Sample } from "./fidelity.ts";
import {
  type CleanNode,
  cleanAttribute,
  cleanCss,
  cleanNode,
  cleanSheet,
  isRecord,
} from "./replay_clean.ts";
import {
  type AssetEvent,
  asset,
  type FontEvent,
  font,
  type IslandEvent,
  island,
  key,
} from "./replay_pictures.ts";
import { indexes, number, records, side, text } from "./replay_values.ts";

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

/** Where an element is shown: above the page while all else is shut, above it, or in it. */
export type Layer = "modal" | "popover" | "none";

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
      /** A box that is neither ticked nor not. */
      readonly isHalf: boolean;
      /** Where the caret stands after it, in UTF-16 units; null in a field without one. */
      readonly caret: Caret | null;
    }
  /** The kiosk has done this verb; what it changed stands in the lines before. */
  | { readonly kind: "done"; readonly verb: number }
  | { readonly kind: "blind"; readonly id: number; readonly isFilled: boolean }
  | { readonly kind: "scroll"; readonly id: number; readonly top: number; readonly left: number }
  | { readonly kind: "viewport"; readonly width: number; readonly height: number }
  | { readonly kind: "focus"; readonly id: number; readonly hasRing: boolean }
  /** What is pointed at, or led to by the address; 0 when nothing is. */
  | { readonly kind: "state"; readonly state: "hover" | "target"; readonly id: number }
  | { readonly kind: "layer"; readonly id: number; readonly layer: Layer }
  | { readonly kind: "disabled"; readonly id: number; readonly isDisabled: boolean }
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
        isHalf: value.half === true,
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
      return { kind: "focus", id, hasRing: value.ring === true };
    case "hover":
    case "target":
      return { kind: "state", state: value.t, id };
    case "layer":
      return { kind: "layer", id, layer: layer(value.layer) };
    case "disabled":
      return { kind: "disabled", id, isDisabled: value.off === true };
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

function caret(value: Record<string, unknown>): Caret | null {
  if (typeof value.start !== "number" || typeof value.end !== "number") return null;
  return { start: number(value.start), end: number(value.end) };
}

function layer(value: unknown): Layer {
  return value === "modal" || value === "popover" ? value : "none";
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
    else if (name === "_cssText") attributes[name] = cleanSheet(text(value));
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
        replace: typeof replace === "string" ? cleanSheet(replace) : null,
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
    rule: cleanSheet(text(each.rule)),
    index: indexes(each.index),
  }));
}
