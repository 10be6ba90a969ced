/** Reads the week out of the page's own list: what the server wrote is what the grid shows. */
import { KINDS, type Kind, type Place } from "../../core/week.ts";

export interface Item {
  readonly kind: Kind;
  readonly place: Place;
  readonly hours: string;
  readonly word: string;
  /** The row's key and the address of its form; empty when it is not the agent's to change. */
  readonly key: string;
  readonly change: string;
  readonly isMovable: boolean;
  /** Where a visit leads. */
  readonly address: string;
}

export interface Day {
  readonly on: string;
  readonly name: string;
  readonly isToday: boolean;
  readonly note: string;
  readonly items: readonly Item[];
}

export function readDays(list: ParentNode): Day[] {
  return [...list.querySelectorAll<HTMLElement>(".week > li")].map((row, day) => ({
    on: row.dataset.on ?? "",
    name: textOf(row, "h2"),
    isToday: row.classList.contains("is-today"),
    note: textOf(row, ":scope > p:has(b)"),
    items: [...row.querySelectorAll<HTMLElement>("li")].map((item) => readItem(item, day)),
  }));
}

function readItem(row: HTMLElement, day: number): Item {
  const link = row.querySelector("a");
  return {
    kind: KINDS.find((kind) => row.classList.contains(kind)) ?? "busy",
    place: { day, start: Number(row.dataset.start), end: Number(row.dataset.end) },
    hours: textOf(row, ".num"),
    word: textOf(row, "a, span:not(.num)"),
    key: row.dataset.key ?? "",
    change: row.dataset.change ?? "",
    isMovable: "movable" in row.dataset,
    address: link?.getAttribute("href") ?? "",
  };
}

function textOf(parent: ParentNode, selector: string): string {
  return parent.querySelector(selector)?.textContent?.trim() ?? "";
}
