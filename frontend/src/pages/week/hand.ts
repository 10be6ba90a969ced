/** The pointer and the keys on the grid: both move the same blocks, and tell the same listener. */
import {
  begunLater,
  drawn,
  freeHour,
  isSame,
  KEY_STEP,
  lengthened,
  moved,
  type Place,
  snapped,
  toDay,
} from "../../core/week.ts";
import type { Block, Grid } from "./grid.ts";

const EDGE_PX = 8;
const STILL_PX = 4;

/** What a hand asks for. `settle`: keep the place at which the block now stands. */
export interface Listener {
  readonly settle: (block: Block) => void;
  readonly menu: (block: Block) => void;
  readonly remove: (block: Block) => void;
  readonly putBack: (block: Block) => void;
  readonly shown: (block: Block) => void;
  /** Whether nothing may be moved now, as while a change is on its way. */
  readonly isBusy: () => boolean;
  /** Whether the focus that leaves a block goes to its own dialog. */
  readonly isOwn: (node: EventTarget | null) => boolean;
}

export class Hand {
  readonly #grid: Grid;
  readonly #tell: Listener;
  #isDragged = false;
  #isMoving = false;

  constructor(grid: Grid, tell: Listener) {
    this.#grid = grid;
    this.#tell = tell;
    for (const block of grid.blocks) this.#listen(block);
    grid.columns.forEach((column, day) => {
      column.addEventListener("pointerdown", (event) => {
        if (event.target === column) this.#draw(event, day);
      });
    });
    for (const button of grid.body.parentElement?.querySelectorAll<HTMLElement>(".wg-add") ?? []) {
      button.addEventListener("click", () => this.#begin(Number(button.dataset.day)));
    }
  }

  /** A new block by keyboard: the first free hour of the day, to be moved and kept. */
  #begin(day: number): void {
    if (this.#tell.isBusy()) return;
    const block = this.#draft(
      freeHour(
        day,
        this.#grid.blocks.map(({ place }) => place),
      ),
    );
    block.handle.focus();
    this.#tell.shown(block);
  }

  #draft(place: Place): Block {
    for (const old of this.#grid.blocks.filter(({ item }) => item === null)) this.#grid.drop(old);
    const block = this.#grid.add(place, null);
    this.#listen(block);
    return block;
  }

  #draw(down: PointerEvent, day: number): void {
    if (down.button !== 0 || this.#tell.isBusy()) return;
    const began = this.#grid.minuteAt(down.clientY);
    let block: Block | null = null;
    this.#follow(down, {
      move: (event) => {
        const place = drawn(day, began, this.#grid.minuteAt(event.clientY));
        block ??= this.#draft(place);
        this.#grid.show(block, place);
      },
      up: () => {
        const hour = Math.floor(began / 30) * 30;
        block ??= this.#draft(drawn(day, hour, hour + 60));
        block.handle.focus();
        this.#tell.settle(block);
      },
      cancel: () => {
        if (block !== null) this.#grid.drop(block);
      },
    });
  }

  #listen(block: Block): void {
    const isMovable = block.item === null || block.item.isMovable;
    const isTheirs = block.item === null || block.item.key !== "";
    if (!isTheirs) return;
    block.handle.addEventListener("click", (event) => {
      if (this.#isDragged && event.detail > 0) return;
      if (this.#tell.isBusy()) return;
      if (block.item === null || !isSame(block.place, block.held)) this.#tell.settle(block);
      else this.#tell.menu(block);
    });
    block.handle.addEventListener("keydown", (event) => this.#onKey(event, block, isMovable));
    if (!isMovable) return;
    block.handle.addEventListener("pointerdown", (event) => this.#take(event, block));
    block.handle.addEventListener("focusout", (event) => {
      const isLeft = !this.#isMoving && !this.#tell.isOwn(event.relatedTarget);
      const isOpen = block.item === null || !isSame(block.place, block.held);
      if (isLeft && isOpen && !this.#tell.isBusy()) this.#tell.putBack(block);
    });
  }

  #take(down: PointerEvent, block: Block): void {
    if (down.button !== 0 || this.#tell.isBusy()) return;
    this.#isDragged = false;
    const at = block.handle.getBoundingClientRect();
    const isTall = at.height > 4 * EDGE_PX;
    const atEnd = isTall && at.bottom - down.clientY <= EDGE_PX;
    const atStart = isTall && down.clientY - at.top <= EDGE_PX;
    const before = block.place;
    const began = this.#grid.minuteAt(down.clientY);
    this.#follow(down, {
      move: (event) => {
        this.#isDragged = true;
        const by = snapped(this.#grid.minuteAt(event.clientY) - began);
        block.row.classList.add("is-held");
        if (atEnd) this.#show(block, lengthened(before, by));
        else if (atStart) this.#show(block, begunLater(before, by));
        else {
          const day = this.#grid.dayAt(event.clientX);
          this.#show(block, toDay(moved(before, by), day, this.#grid.columns.length));
        }
      },
      up: () => {
        block.row.classList.remove("is-held");
        if (!this.#isDragged) return;
        block.handle.focus();
        this.#tell.settle(block);
      },
      cancel: () => {
        block.row.classList.remove("is-held");
        this.#show(block, before);
      },
    });
  }

  /** Follows one pointer over the whole window, as a block may change its column under it. */
  #follow(
    down: PointerEvent,
    does: { move: (event: PointerEvent) => void; up: () => void; cancel: () => void },
  ): void {
    const following = new AbortController();
    const { signal } = following;
    let isStill = true;
    document.addEventListener(
      "pointermove",
      (event) => {
        if (event.pointerId !== down.pointerId) return;
        const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
        isStill &&= far < STILL_PX;
        if (!isStill) does.move(event);
      },
      { signal },
    );
    const end = (event: PointerEvent): void => {
      if (event.pointerId !== down.pointerId) return;
      following.abort();
      if (event.type === "pointerup") does.up();
      else does.cancel();
    };
    document.addEventListener("pointerup", end, { signal });
    document.addEventListener("pointercancel", end, { signal });
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return;
        following.abort();
        does.cancel();
      },
      { signal },
    );
  }

  #onKey(event: KeyboardEvent, block: Block, isMovable: boolean): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#tell.isBusy()) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      if (block.item === null) this.#tell.putBack(block);
      else this.#tell.remove(block);
      return;
    }
    if (event.key === "Escape") {
      this.#tell.putBack(block);
      return;
    }
    const place = isMovable ? this.#byKey(event, block.place) : null;
    if (place === null) return;
    event.preventDefault();
    this.#show(block, place);
    block.row.scrollIntoView({ block: "nearest" });
    this.#tell.shown(block);
  }

  #byKey(event: KeyboardEvent, place: Place): Place | null {
    const columns = this.#grid.columns.length;
    const step = { ArrowUp: -KEY_STEP, ArrowDown: KEY_STEP }[event.key];
    if (step !== undefined) return event.shiftKey ? lengthened(place, step) : moved(place, step);
    const days = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    return days === undefined ? null : toDay(place, place.day + days, columns);
  }

  /** A block that changes its column keeps the focus. */
  #show(block: Block, place: Place): void {
    const hadFocus = document.activeElement === block.handle;
    this.#isMoving = true;
    this.#grid.show(block, place);
    if (hadFocus) block.handle.focus();
    this.#isMoving = false;
  }
}
