/** Turns rrweb's events into the mirror's lines: ids made unique, secrets taken out. */

import { isBlind } from "./blind.ts";
import type { Line } from "./lines.ts";

type Json = Record<string, unknown>;

export interface Meeting {
  /** Added to every id of this document, so that no id comes back in a visit. */
  readonly offset: number;
  /** rrweb's node of an id without offset. */
  nodeOf(id: number): Node | null;
}

const INCREMENTAL = 3;
const MUTATION = 0;
const SCROLL = 3;
const RESIZE = 4;

/** Returns the line for a whole picture, of the page or of what stands in the frame `owner`. */
export function fullLine(data: Json, meeting: Meeting, owner: number): Line {
  const node = shift(data.node, meeting);
  const offset = record(data.initialOffset);
  const own = owner === 0 ? {} : { owner };
  return { t: "full", ...own, node, top: offset.top ?? 0, left: offset.left ?? 0 };
}

/** Returns the line for an incremental event, or null for those told in another way. */
export function incrementalLine(type: number, data: Json, meeting: Meeting): Line | null {
  if (type !== INCREMENTAL) return null;
  switch (data.source) {
    case MUTATION:
      return { t: "mutation", d: mutation(data, meeting) };
    case SCROLL:
      return { t: "scroll", id: shiftId(data.id, meeting), top: data.y, left: data.x };
    case RESIZE:
      return { t: "viewport", width: data.width, height: data.height };
    default:
      return null;
  }
}

function mutation(data: Json, meeting: Meeting): Json {
  const removes: Json[] = [];
  const adds: Json[] = [];
  const attributes: Json[] = [];
  for (const each of records(data.attributes)) {
    const changed = record(each.attributes);
    if (typeof changed._cssText === "string") {
      replaceSheet(each, changed, meeting, removes, adds);
      continue;
    }
    attributes.push({
      id: shiftId(each.id, meeting),
      attributes: isSecret(each.id, meeting) ? without(changed, "value") : changed,
    });
  }
  for (const each of records(data.removes)) {
    removes.push({ ...each, id: shiftId(each.id, meeting) });
  }
  for (const each of records(data.adds)) {
    adds.push({
      parentId: shiftId(each.parentId, meeting),
      nextId: each.nextId === null ? null : shiftId(each.nextId, meeting),
      node: shift(each.node, meeting),
    });
  }
  const texts = records(data.texts).map((each) => ({ ...each, id: shiftId(each.id, meeting) }));
  return { texts, attributes, removes, adds };
}

/** A linked sheet that came late: the link stands again, now with its rules in it. */
function replaceSheet(
  each: Json,
  changed: Json,
  meeting: Meeting,
  removes: Json[],
  adds: Json[],
): void {
  const link = meeting.nodeOf(number(each.id));
  const parent = link?.parentNode ?? null;
  if (link === null || parent === null) return;
  const id = shiftId(each.id, meeting);
  const next = meetingId(link.nextSibling, meeting);
  // rrweb tells the rules alone: whether they are for a screen stands at the link.
  const media = "getAttribute" in link ? (link as Element).getAttribute("media") : null;
  removes.push({ parentId: meetingId(parent, meeting), id });
  adds.push({
    parentId: meetingId(parent, meeting),
    nextId: next === 0 ? null : next,
    node: {
      type: 2,
      tagName: "link",
      attributes: media === null ? changed : { ...changed, media },
      childNodes: [],
      id,
    },
  });
}

let idOfNode: (node: Node) => number = () => 0;

/** Tells this module how rrweb names nodes. */
export function nameNodesBy(idOf: (node: Node) => number): void {
  idOfNode = idOf;
}

function meetingId(node: Node | null, meeting: Meeting): number {
  const id = node === null ? -1 : idOfNode(node);
  return id > 0 ? id + meeting.offset : 0;
}

/** Deeper than a browser's parser nests (512): what a script has put deeper is left out. */
const DEPTH_MOST = 600;

/** Copies a serialized node with its ids moved and the values of blind fields left out. */
function shift(value: unknown, meeting: Meeting, depth = 0): Json {
  const node = record(value);
  const copy: Json = { ...node, id: shiftId(node.id, meeting) };
  if (node.rootId !== undefined) copy.rootId = shiftId(node.rootId, meeting);
  if (record(node.attributes).value !== undefined && isSecret(node.id, meeting)) {
    copy.attributes = without(record(node.attributes), "value");
  }
  if (Array.isArray(node.childNodes)) {
    const shown = depth < DEPTH_MOST ? node.childNodes : [];
    copy.childNodes = shown.map((child) => shift(child, meeting, depth + 1));
  }
  return copy;
}

function isSecret(id: unknown, meeting: Meeting): boolean {
  return isBlind(meeting.nodeOf(number(id)));
}

function shiftId(id: unknown, meeting: Meeting): number {
  const value = number(id);
  return value > 0 ? value + meeting.offset : value;
}

function without(given: Json, name: string): Json {
  const copy = { ...given };
  delete copy[name];
  return copy;
}

function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
