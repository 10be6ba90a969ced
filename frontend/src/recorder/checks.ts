/** What scripts are said to have changed: looked at soon, and no more often than a screen draws. */

const HINTS_APART_MS = 16;

export class Checks<T> {
  #waiting = new Set<T>();
  #isDue = false;
  #checkedAt = 0;
  readonly #check: (each: T) => void;

  constructor(check: (each: T) => void) {
    this.#check = check;
  }

  mark(target: T): void {
    this.#waiting.add(target);
    if (this.#isDue) return;
    this.#isDue = true;
    const wait = this.#checkedAt + HINTS_APART_MS - performance.now();
    if (wait <= 0) queueMicrotask(() => this.catchUp());
    else window.setTimeout(() => this.catchUp(), wait);
  }

  /** Looks at once at what waits. */
  catchUp(): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#checkedAt = performance.now();
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const each of waiting) this.#check(each);
  }
}
