/** Builds cleaned nodes into the replay document, and remembers which id is which node. */
import { type CleanElement, type CleanNode, cleanCss } from "../core/replay_clean.ts";
import { showFiles } from "./replay_files.ts";
import { nothing } from "./replay_picture.ts";

const SVG = "http://www.w3.org/2000/svg";
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
    const id = this.#ids.get(node);
    if (id !== undefined && this.#nodes.get(id) === node) this.#nodes.delete(id);
    const shadow = isElement(node) ? node.shadowRoot : null;
    if (shadow !== null) for (const child of shadow.childNodes) this.forget(child);
    if (isFrame(node) && node.contentDocument !== null) this.forget(node.contentDocument);
    for (const child of node.childNodes) this.forget(child);
  }

  clear(): void {
    this.#nodes.clear();
  }
}

/** Returns the node built with all its children, or null for what is not shown. */
export function buildNode(doc: Document, node: CleanNode, map: NodeMap): Node | null {
  switch (node.kind) {
    case "element": {
      const element = buildElement(doc, node, map);
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

/** Makes `doc` show the document node: its element replaces the one that was there. */
export function buildDocument(doc: Document, node: CleanNode, map: NodeMap): void {
  if (node.kind !== "document") return;
  map.set(node.id, doc);
  doc.documentElement?.remove();
  for (const child of node.children) {
    if (child.kind !== "element" || doc.documentElement !== null) continue;
    const built = buildNode(doc, child, map);
    if (built !== null) doc.appendChild(built);
  }
}

/** Lays a frame's document out as the kiosk's: an empty one is born in quirks mode (HTML, 7.3.3). */
export function setMode(doc: Document, node: CleanNode): void {
  if (node.kind !== "document" || node.isQuirks === (doc.compatMode === "BackCompat")) return;
  doc.open();
  doc.write(node.isQuirks ? "<html></html>" : "<!doctype html><html></html>");
  doc.close();
}

/** Puts a built node where it belongs: into the shadow root when it comes from one. */
export function place(parent: Node, node: Node, from: CleanNode, before: Node | null): void {
  const isInShadow = from.kind === "element" && from.isInShadow;
  const root = isInShadow && isElement(parent) ? parent.shadowRoot : null;
  const target = root ?? parent;
  if (isText(node) && isElement(parent) && parent.localName === "style") {
    node.data = cleanCss(node.data);
  }
  target.insertBefore(node, before !== null && before.parentNode === target ? before : null);
}

function buildElement(doc: Document, node: CleanElement, map: NodeMap): Element {
  const element = node.isSvg ? doc.createElementNS(SVG, node.tag) : doc.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) {
    setAttribute(element, name, value);
  }
  if (node.tag === "img") element.setAttribute("src", nothing());
  if (node.isShadowHost) openShadow(element);
  if (node.tag === "style" && node.css !== null) fillStyle(element, node, node.css, map);
  else if (node.tag !== "textarea" || node.attributes.value === undefined) {
    for (const child of node.children) {
      const built = buildNode(doc, child, map);
      if (built !== null) place(element, built, child, null);
    }
  }
  setValue(element, node);
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
  } else if ((isTextArea(element) || isSelect(element)) && value !== undefined) {
    element.value = value;
  }
}

/** Shows a value; of a file field the names. */
export function writeValue(element: HTMLInputElement, value: string): void {
  if (element.type === "file") showFiles(element, value);
  else if (element.value !== value) element.value = value;
}

function openShadow(element: Element): void {
  try {
    element.attachShadow({ mode: "open" });
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
