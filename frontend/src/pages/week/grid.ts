/** Draws the week as a grid of hours: one column a day, one block a stretch. */
import { element, icon } from "../../browser/elements.ts";
import {
  clock,
  hours,
  overlap,
  type Place,
  shownDays,
  shownHours,
  withoutNight,
} from "../../core/week.ts";
import type { Words } from "../../core/words.ts";
import type { Day, Item } from "./reading.ts";

/** A stretch on the grid. `held` is where the server has it; `item` is null for a new one. */
export interface Block {
  readonly item: Item | null;
  readonly held: Place;
  place: Place;
  readonly row: HTMLLIElement;
  readonly handle: HTMLElement;
}

export class Grid {
  readonly days: readonly Day[];
  readonly blocks: Block[] = [];
  readonly columns: readonly HTMLUListElement[];
  readonly body: HTMLElement;
  readonly #from: number;
  readonly #to: number;
  readonly #words: Words["week"];

  constructor(host: HTMLElement, days: readonly Day[], words: Words["week"]) {
    this.#words = words;
    this.days = shownDays(days);
    const items = this.days.flatMap((day) => day.items);
    const places = items.map(({ isMovable, kind, place }) =>
      isMovable || kind === "visit" ? place : withoutNight(place),
    );
    [this.#from, this.#to] = shownHours(places.filter((place) => place !== null));
    this.columns = this.days.map((day) =>
      element("ul", { class: "wg-col", "aria-label": day.name }),
    );
    this.body = element("div", { class: "wg-body" }, this.#hours(), ...this.columns);
    const grid = element(
      "div",
      { class: "wg", role: "group", "aria-label": words.grid },
      element(
        "div",
        { class: "wg-head" },
        ...this.days.map((day, number) => this.#head(day, number)),
      ),
      this.body,
    );
    grid.style.setProperty("--columns", String(this.days.length));
    grid.style.setProperty("--hours", String((this.#to - this.#from) / 60));
    host.replaceChildren(
      element("p", { class: "hidden", id: "week-help" }, words.help),
      element("p", { class: "small quiet wg-hint" }, words.hint),
      grid,
    );
    for (const item of items) this.add(item.place, item);
  }

  /** Puts a block where the item is; one without an item is new. */
  add(place: Place, item: Item | null): Block {
    const handle = this.#handle(item);
    const kind = item?.kind ?? "draft";
    const row = element("li", { class: `wg-block ${kind}` }, handle);
    if (item?.isMovable) row.classList.add("is-movable");
    const block: Block = { item, held: place, place, row, handle };
    this.blocks.push(block);
    this.show(block, place);
    return block;
  }

  /** Shows a block at another place, which it is not kept at yet. */
  show(block: Block, place: Place): void {
    block.place = place;
    const length = this.#to - this.#from;
    const [start, end] = [Math.max(place.start, this.#from), Math.min(place.end, this.#to)];
    block.row.style.top = `${((start - this.#from) / length) * 100}%`;
    block.row.style.height = `${(Math.max(0, end - start) / length) * 100}%`;
    const column = this.columns[place.day];
    if (column !== undefined && block.row.parentElement !== column) column.append(block.row);
    this.#label(block);
    this.#layer();
  }

  /** Sets off what lies over an opening, so that both can be read and taken. */
  #layer(): void {
    const isOver = (upper: Block, under: Block): boolean =>
      level(upper) > level(under) && level(under) < 2 && overlap(upper.place, under.place);
    for (const { row } of this.blocks) row.classList.remove("is-over", "is-under");
    for (const upper of this.blocks.filter((block) => level(block) > 0)) {
      for (const under of this.blocks.filter((block) => isOver(upper, block))) {
        upper.row.classList.add("is-over");
        under.row.classList.add("is-under");
      }
    }
  }

  drop(block: Block): void {
    block.row.remove();
    const index = this.blocks.indexOf(block);
    if (index >= 0) this.blocks.splice(index, 1);
  }

  /** Returns the minute at this height of the window. */
  minuteAt(clientY: number): number {
    const at = this.body.getBoundingClientRect();
    return this.#from + ((clientY - at.top) / at.height) * (this.#to - this.#from);
  }

  /** Returns the column at this width of the window, the nearest when it is beside all. */
  dayAt(clientX: number): number {
    const far = this.columns.map((column) => {
      const at = column.getBoundingClientRect();
      return Math.max(at.left - clientX, clientX - at.right, 0);
    });
    return far.indexOf(Math.min(...far));
  }

  dayName(place: Place): string {
    return this.days[place.day]?.name ?? "";
  }

  /** Names a block in a sentence: kind, day, hours. */
  name(block: Block): string {
    return this.#words.name(this.#word(block), this.dayName(block.place), this.#hoursOf(block));
  }

  #word({ item }: Block): string {
    return item?.word ?? this.#words.draft;
  }

  #hoursOf(block: Block): string {
    const isWhole = block.item === null || block.item.isMovable || block.item.kind === "visit";
    return isWhole ? hours(block.place) : block.item.hours;
  }

  #label(block: Block): void {
    const word = this.#word(block);
    const [first, last] = this.#hoursOf(block).split(/ ?– ?/);
    const isVisit = block.item?.kind === "visit";
    const until = last === undefined || isVisit ? null : `–${last}`;
    block.handle.replaceChildren(
      element(
        "span",
        { class: "wg-hours" },
        first ?? "",
        until === null ? null : element("span", { class: "wg-until" }, until),
      ),
      " ",
      element("span", { class: "wg-word" }, word),
    );
    // What is seen stands at the head of what is heard, so that who speaks to the page is understood.
    const seen = isVisit ? `${first ?? ""} ${word}` : `${this.#hoursOf(block)} ${word}`;
    const more = isVisit ? `, ${this.#words.visit}, ${this.#hoursOf(block)}` : "";
    block.handle.setAttribute("aria-label", `${seen}${more}, ${this.dayName(block.place)}`);
  }

  #handle(item: Item | null): HTMLElement {
    if (item?.address) return element("a", { class: "wg-hold", href: item.address });
    if (item !== null && item.key === "") return element("span", { class: "wg-hold", role: "img" });
    const shared = { type: "button", class: "wg-hold", "aria-haspopup": "dialog" };
    if (item !== null && !item.isMovable) return element("button", shared);
    return element("button", { ...shared, "aria-describedby": "week-help" });
  }

  #head(day: Day, number: number): HTMLElement {
    return element(
      "div",
      { class: day.isToday ? "wg-day is-today" : "wg-day" },
      element(
        "div",
        {},
        element("h2", {}, day.name),
        day.note === "" ? null : element("p", { class: "small" }, day.note),
      ),
      element(
        "button",
        {
          type: "button",
          class: "wg-add",
          "data-day": number,
          "aria-label": this.#words.add(day.name),
        },
        icon("plus"),
      ),
    );
  }

  #hours(): HTMLElement {
    const made = element("div", { class: "wg-hours-line", "aria-hidden": "true" });
    for (let minute = this.#from; minute < this.#to; minute += 60) {
      made.append(element("span", {}, clock(minute)));
    }
    return made;
  }
}

/** Openings lie lowest, extra ones over them; a new one is of no level: it hides nothing. */
function level({ item }: Block): number {
  if (item === null) return 0;
  return { opening: 0, extra: 1, absence: 2, busy: 2, visit: 3 }[item.kind];
}
