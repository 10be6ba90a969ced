/** The agent's own list for a select of the kiosk's page: the choice travels, not the opening. */
import { element } from "./elements.ts";

export interface Chooser {
  open(select: HTMLSelectElement, place: { left: number; top: number; width: number }): void;
  close(): void;
  readonly isOpen: boolean;
}

/** Makes the list inside `host`; `onChoose` gets the values of the options chosen. */
export function makeChooser(
  host: HTMLElement,
  words: { choose: string },
  onChoose: (select: HTMLSelectElement, values: string[]) => void,
  onClosed: () => void,
): Chooser {
  let panel: HTMLElement | null = null;

  const close = (): void => {
    if (panel === null) return;
    panel.remove();
    panel = null;
    onClosed();
  };

  return {
    get isOpen() {
      return panel !== null;
    },
    close,
    open(select, place) {
      close();
      const list = element("select", { class: "chooser-list", "aria-label": words.choose });
      list.multiple = select.multiple;
      for (const option of select.options) {
        const copy = element("option", { value: option.value }, option.label || option.text);
        copy.disabled = option.disabled;
        copy.selected = option.selected;
        list.append(copy);
      }
      list.size = Math.max(2, Math.min(10, select.options.length));
      const choose = (): void => {
        const values = Array.from(list.selectedOptions, (option) => option.value);
        close();
        onChoose(select, values);
      };
      list.addEventListener("keydown", (event) => {
        if (event.key === "Escape" || event.key === "Tab") close();
        else if (event.key === "Enter") choose();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
      if (!list.multiple) {
        list.addEventListener("click", (event) => {
          if (event.target !== list) choose();
        });
      }
      panel = element("div", { class: "chooser" }, list);
      if (list.multiple) {
        panel.append(
          element("button", { type: "button", class: "button", onclick: choose }, words.choose),
        );
      }
      panel.addEventListener("focusout", (event) => {
        const next = event.relatedTarget;
        if (!(next instanceof Node) || !panel?.contains(next)) close();
      });
      panel.style.insetInlineStart = `${place.left}px`;
      panel.style.insetBlockStart = `${place.top}px`;
      panel.style.minInlineSize = `${Math.max(160, place.width)}px`;
      host.append(panel);
      list.focus();
    },
  };
}
