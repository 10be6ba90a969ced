/** What kind of element a node is. */

/** Returns its name in small letters, "" of what is no element; `nodeName` is large in HTML only. */
export function nameOf(node: Node | null): string {
  return node !== null && "localName" in node ? String(node.localName) : "";
}

/** Nodes of frames have constructors of their own, which `instanceof` does not know. */
export function isNode(target: unknown): target is Node {
  return typeof target === "object" && target !== null && "nodeType" in target;
}

export function isElement(target: unknown): target is Element {
  return isNode(target) && target.nodeType === Node.ELEMENT_NODE;
}
