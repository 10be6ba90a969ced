/** What kind of element a node is. */

/** Returns its name in small letters, "" of what is no element; `nodeName` is large in HTML only. */
export function nameOf(node: Node | null): string {
  return node !== null && "localName" in node ? String(node.localName) : "";
}
