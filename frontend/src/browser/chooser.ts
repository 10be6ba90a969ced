/**
 * The agent's own list or calendar for a field of the kiosk's page that is chosen rather than
 * written: the choice travels, not the opening.
 */
import { element } from "./elements.ts";
import { isInput, isSelect } from "./replay_build.ts";

export type Listed = HTMLSelectElement | HTMLInputElement;

export interface Chooser {
  open(field: Listed, place: { left: number; top: number; width: number }): void;
  close(): void;
}

/** Inputs that hold one value of a kind, where text at a caret does not exist. */
const WHOLE = new Set(["date", "time", "datetime-local", "month", "week", "color", "range"]);
const LIMITS = ["min", "max", "step"] as const;

/** Whether the field is chosen from a list or a calendar. */
export function isListed(node: Node | undefined): node is Listed {
  return isSelect(node) || (isInput(node) && WHOLE.has(node.type));
}

/** Makes the list inside `host`; `onChoose` gets the values chosen. */
export function makeChooser(
  host: HTMLElement,
  words: { choose: string; list?: string },
  onChoose: (field: Listed, values: string[]) => void,
  onClosed: () => void,
): Chooser {
  let panel: HTMLElement | null = null;

  const close = (): void => {
    const old = panel;
    panel = null;
    if (old === null) return;
    old.remove();
    onClosed();
  };

  const open: Chooser["open"] = (field, place) => {
    close();
    const copy = isSelect(field) ? listOf(field) : inputOf(field);
    copy.className = "chooser-list";
    copy.setAttribute("aria-label", words.list ?? words.choose);
    const choose = (): void => {
      const values = isSelect(copy)
        ? Array.from(copy.selectedOptions, (option) => option.value)
        : [copy.value];
      close();
      onChoose(field, values);
    };
    const shown: HTMLElement = copy;
    shown.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "Enter") choose();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const isOneOf = isSelect(copy) && !copy.multiple;
    if (isOneOf) {
      copy.addEventListener("click", (event) => {
        if (event.target !== copy) choose();
      });
    }
    const made = element("div", { class: "chooser" }, copy);
    if (!isOneOf) {
      const button = { type: "button", class: "button", onclick: choose };
      made.append(element("button", button, words.choose));
    }
    made.addEventListener("focusout", (event) => {
      const next = event.relatedTarget;
      if (panel === made && !(next instanceof Node && made.contains(next))) close();
    });
    made.style.insetInlineStart = `${place.left}px`;
    made.style.insetBlockStart = `${place.top}px`;
    made.style.minInlineSize = `${Math.max(160, place.width)}px`;
    host.append(made);
    panel = made;
    copy.focus();
  };

  return { open, close };
}

function listOf(select: HTMLSelectElement): HTMLSelectElement {
  const list = element("select");
  list.multiple = select.multiple;
  for (const option of select.options) {
    const copy = element("option", { value: option.value }, option.label || option.text);
    copy.disabled = option.disabled;
    copy.selected = option.selected;
    list.append(copy);
  }
  list.size = Math.max(2, Math.min(10, select.options.length));
  return list;
}

function inputOf(field: HTMLInputElement): HTMLInputElement {
  const copy = element("input", { type: field.type });
  for (const name of LIMITS) {
    const limit = field.getAttribute(name);
    if (limit !== null) copy.setAttribute(name, limit);
  }
  copy.value = field.value;
  return copy;
}
