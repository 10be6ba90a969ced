/** Which fields hold secrets. What is in them never leaves this module's callers. */

const onceSecret = new WeakSet<Element>();
const watchers: MutationObserver[] = [];

/** Remembers fields whose type is changed away from `password`, for as long as they live. */
export function watchForReveals(root: Node): void {
  const watcher = new MutationObserver(note);
  watcher.observe(root, {
    subtree: true,
    attributes: true,
    attributeFilter: ["type"],
    attributeOldValue: true,
  });
  watchers.push(watcher);
}

/** True for a password field, and for one that has been one. */
export function isBlind(node: Node | null): boolean {
  if (!isInput(node)) return false;
  // A script may change the type and fire an event in one go, before observers are told.
  for (const watcher of watchers) note(watcher.takeRecords());
  if (node.type === "password") onceSecret.add(node);
  return onceSecret.has(node);
}

/** Works across frames, where `instanceof` does not. */
export function isInput(node: Node | null): node is HTMLInputElement {
  return node !== null && node.nodeName === "INPUT" && "type" in node;
}

function note(records: MutationRecord[]): void {
  for (const record of records) {
    if (record.oldValue?.toLowerCase() === "password" && isInput(record.target)) {
      onceSecret.add(record.target);
    }
  }
}
