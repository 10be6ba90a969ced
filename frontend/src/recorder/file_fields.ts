/** File fields of the page: which one a node is or leads to, and what it takes. */

import { isBlind, isInput } from "./blind.ts";
import type { Answer } from "./places.ts";

export interface FileFacts {
  readonly code: "done" | "blind" | "closed_field" | "no_file_field";
  readonly accept: string;
  readonly multiple: boolean;
}

/** The file field that this is, or that its label is for, or that alone stands inside it. */
export function fileFieldOf(node: Node | null): HTMLInputElement | null {
  const element = elementOf(node);
  if (element === null) return null;
  if (isFileField(element)) return element;
  const labelled = element.closest("label")?.control ?? null;
  if (isFileField(labelled)) return labelled;
  const inside = element.querySelectorAll("input[type=file]");
  const [only] = inside;
  return inside.length === 1 && isFileField(only) ? only : null;
}

/** Whether there is such a field (`done`), or else a button that may open its chooser (`opens`). */
export function fileAt(node: Node | null): Answer {
  const element = elementOf(node);
  if (element === null) return { code: "gone" };
  if (fileFieldOf(element) !== null) return { code: "done" };
  const button = element.closest("button,a,[role=button],input[type=button]");
  // A form is never sent by a wish to attach.
  const sends = button?.nodeName === "BUTTON" && (button as HTMLButtonElement).type === "submit";
  const leads = button?.nodeName === "A" && /^[^#]/.test(button.getAttribute("href") ?? "");
  const isFree = button !== null && !leads && !(sends && (button as HTMLButtonElement).form);
  return { code: isFree ? "opens" : "no_file_field" };
}

/** What a field takes, or why it takes nothing. */
export function fileFacts(field: Element): FileFacts {
  const nothing = { accept: "", multiple: false };
  if (!isFileField(field)) return { code: "no_file_field", ...nothing };
  if (isBlind(field)) return { code: "blind", ...nothing };
  const isShut = field.matches(":disabled") || field.webkitdirectory || !field.isConnected;
  if (isShut) return { code: "closed_field", ...nothing };
  return { code: "done", accept: field.accept, multiple: field.multiple };
}

/** The names of what a file field holds, as the mirror shows them. */
export function namesIn(field: HTMLInputElement): string {
  return Array.from(field.files ?? [], ({ name }) => name).join(", ");
}

export function isFileField(node: Node | null | undefined): node is HTMLInputElement {
  return node !== null && node !== undefined && isInput(node) && node.type === "file";
}

function elementOf(node: Node | null): Element | null {
  if (node === null || !node.isConnected) return null;
  return node.nodeType === Node.ELEMENT_NODE ? (node as Element) : node.parentElement;
}
