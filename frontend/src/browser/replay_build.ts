/** Builds cleaned nodes into the replay document, and remembers which id is which node. */
import { type CleanElement, type CleanNode, cleanSheet } from "../core/replay_clean.ts";
import { showFiles } from "./replay_files.ts";
import { mark } from "./replay_marks.ts";
import { layOutAs } from "./replay_mode.ts";
import { spaceOf, tagIn } from "./replay_names.ts";
import { nothing } from "./replay_picture.ts";

const XLINK = "http://www.w3.org/1999/xlink";

/** Node ids of the current page, both ways. */
export class NodeMap {
  readonly #nodes = new Map<number, Node>();
  readonly #ids = new WeakMap<Node, number>();

  get size(): number {
    return this.#nodes.size;
  }

  set(id: number, node: Node): void {
    this.#nodes.set(id, node);
    this.#ids.set(node, id);
  }

  node(id: number): Node | undefined {
    return this.#nodes.get(id);
  }

  id(node: Node): number | undefined {
    const id = this.#ids.get(node);
    return id !== undefined && this.#nodes.get(id) === node ? id : undefined;
  }

  /** Forgets a node and all that is inside it. */
  forget(node: Node): void {
    const waiting = [node];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const id = this.#ids.get(next);
      if (id !== undefined && this.#nodes.get(id) === next) this.#nodes.delete(id);
      const shadow = isElement(next) ? next.shadowRoot : null;
      if (shadow !== null) for (const child of shadow.childNodes) waiting.push(child);
      if (isFrame(next) && next.contentDocument !== null) waiting.push(next.contentDocument);
      for (const child of next.childNodes) waiting.push(child);
    }
  }

  clear(): void {
    this.#nodes.clear();
  }
}

/**
 * Returns the node built with all its children, or null for what is not shown. `parent` is where
 * it will stand.
 */
export function buildNode(
  doc: Document,
  node: CleanNode,
  map: NodeMap,
  parent: Node | null = null,
): Node | null {
  const built = buildOne(doc, node, map, parent);
  // A list of what waits instead of recursion: how deep a page is must not be a danger here.
  const waiting: [Node, CleanElement][] = [];
  const valued: [Element, CleanElement][] = [];
  const wait = (made: Node | null, from: CleanNode): void => {
    if (!isElement(made) || from.kind !== "element") return;
    waiting.push([made, from]);
    valued.push([made, from]);
  };
  wait(built, node);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [element, from] = next;
    if (!hasOwnChildren(from)) continue;
    for (const child of from.children) {
      const made = buildOne(doc, child, map, element);
      if (made !== null) place(element, made, child, null);
      wait(made, child);
    }
  }
  // Only a list with its options in it has a value.
  for (const [element, from] of valued) setValue(element, from);
  return built;
}

function buildOne(doc: Document, node: CleanNode, map: NodeMap, parent: Node | null): Node | null {
  switch (node.kind) {
    case "element": {
      const element = buildElement(doc, node, map, parent);
      map.set(node.id, element);
      return element;
    }
    case "text": {
      const text = doc.createTextNode(node.text);
      map.set(node.id, text);
      return text;
    }
    case "comment": {
      const comment = doc.createComment("");
      map.set(node.id, comment);
      return comment;
    }
    default:
      return null;
  }
}

/** Of the others their text is their value, or their rules. */
function hasOwnChildren({ tag, css, attributes }: CleanElement): boolean {
  if (tag === "style") return css === null;
  return tag !== "textarea" || attributes.value === undefined;
}

/** Makes `doc` show the document node: its element replaces the one that was there. */
export function buildDocument(doc: Document, node: CleanNode, map: NodeMap): void {
  if (node.kind !== "document") return;
  map.set(node.id, doc);
  layOutAs(doc, node.mode);
  doc.documentElement?.remove();
  for (const child of node.children) {
    if (child.kind !== "element" || doc.documentElement !== null) continue;
    const built = buildNode(doc, child, map);
    if (built !== null) doc.appendChild(built);
  }
}

/** Puts a built node where it belongs: into the shadow root when it comes from one. */
export function place(parent: Node, node: Node, from: CleanNode, before: Node | null): void {
  const isInShadow = (from.kind === "element" || from.kind === "text") && from.isInShadow;
  // A root that was attached after its host had been told.
  if (isInShadow && isElement(parent) && parent.shadowRoot === null) openShadow(parent);
  const root = isInShadow && isElement(parent) ? parent.shadowRoot : null;
  const target = root ?? parent;
  if (isText(node) && isElement(parent) && parent.localName === "style") {
    node.data = cleanSheet(node.data);
  }
  target.insertBefore(node, before !== null && before.parentNode === target ? before : null);
}

function buildElement(
  doc: Document,
  node: CleanElement,
  map: NodeMap,
  parent: Node | null,
): Element {
  const space = spaceOf(node, parent);
  const element =
    space === null
      ? doc.createElement(node.tag)
      : doc.createElementNS(space, tagIn(space, node.tag));
  for (const [name, value] of Object.entries(node.attributes)) {
    setAttribute(element, name, value);
  }
  if (node.tag === "img") element.setAttribute("src", nothing());
  if (node.isShadowHost) openShadow(element);
  if (node.tag === "style" && node.css !== null) fillStyle(element, node, node.css, map);
  return element;
}

/** rrweb tells the whole sheet once and its text nodes empty: the first one holds it all. */
function fillStyle(style: Element, node: CleanElement, css: string, map: NodeMap): void {
  const texts = node.children.filter(({ kind }) => kind === "text");
  for (const [at, child] of texts.entries()) {
    const text = style.ownerDocument.createTextNode(at === 0 ? css : "");
    map.set(child.id, text);
    style.append(text);
  }
  if (texts.length === 0) style.textContent = css;
}

/** Sets an attribute that was cleaned before; one that the browser refuses is left out. */
export function setAttribute(element: Element, name: string, value: string): void {
  try {
    if (name === "xlink:href") element.setAttributeNS(XLINK, name, value);
    else element.setAttribute(name, value);
  } catch {
    // A name that this browser does not take shows nothing.
  }
}

function setValue(element: Element, node: CleanElement): void {
  const { value, checked } = node.attributes;
  if (isInput(element)) {
    element.autocomplete = "off";
    if (checked !== undefined) element.checked = true;
    if (value !== undefined) writeValue(element, value);
  } else if (isTextArea(element) && value !== undefined) element.value = value;
  // Of a list that takes several, each option tells for itself.
  else if (isSelect(element) && !element.multiple && value !== undefined) element.value = value;
}

/** Shows a value; of a file field the names. */
export function writeValue(element: HTMLInputElement, value: string): void {
  if (element.type === "file") showFiles(element, value);
  else if (element.value !== value) element.value = value;
}

function openShadow(element: Element): void {
  try {
    mark(element.attachShadow({ mode: "open" }));
  } catch {
    // Not an element that may have one (DOM, section 4.9): its content stays in the light.
  }
}

// Nodes of another document are not `instanceof` this window's classes: names are asked instead.

export function isElement(node: Node | null | undefined): node is HTMLElement {
  return node?.nodeType === 1;
}

export function isText(node: Node | null | undefined): node is Text {
  return node?.nodeType === 3;
}

export function isInput(node: Node | null | undefined): node is HTMLInputElement {
  return isElement(node) && node.localName === "input";
}

export function isFileField(node: Node | null | undefined): node is HTMLInputElement {
  return isInput(node) && node.type === "file";
}

export function isTextArea(node: Node | null | undefined): node is HTMLTextAreaElement {
  return isElement(node) && node.localName === "textarea";
}

export function isSelect(node: Node | null | undefined): node is HTMLSelectElement {
  return isElement(node) && node.localName === "select";
}

export function isFrame(node: Node | null | undefined): node is HTMLIFrameElement {
  return isElement(node) && (node.localName === "iframe" || node.localName === "frame");
}
