/**
 * The agent's week by direct manipulation, on screens that are wide enough. The list of the page
 * stays what is true: the grid is drawn from it, and drawn again after each change.
 */
import { element } from "../../browser/elements.ts";
import { fieldsOf, hours, isSame, type OwnKind, type Place } from "../../core/week.ts";
import { wordsOf } from "../../core/words.ts";
import { type Block, Grid } from "./grid.ts";
import { Hand } from "./hand.ts";
import { type Choice, Panel } from "./panel.ts";
import { readDays } from "./reading.ts";
import { type Act, send } from "./sending.ts";

const words = wordsOf(document.documentElement.lang).week;

class Week {
  readonly #host: HTMLElement;
  readonly #said: HTMLElement;
  readonly #held: HTMLElement;
  readonly #live = element("p", { class: "hidden", "aria-live": "polite" });
  readonly #stage = element("div", { class: "wg-stage" });
  readonly #panel = new Panel(this.#stage);
  #grid: Grid | null = null;
  #isBusy = false;

  constructor(host: HTMLElement, said: HTMLElement, held: HTMLElement) {
    this.#host = host;
    this.#said = said;
    this.#held = held;
    host.replaceChildren(this.#stage, this.#live);
    const wide = window.matchMedia("(min-width: 45rem)");
    wide.addEventListener("change", () => this.#show(wide.matches));
    this.#show(wide.matches);
  }

  #show(isWide: boolean): void {
    this.#host.hidden = !isWide;
    const list = this.#held.querySelector<HTMLElement>(".week");
    if (list !== null) list.hidden = isWide;
    if (!isWide) return;
    this.#panel.close();
    const grid = new Grid(this.#stage, readDays(this.#held), words);
    this.#grid = grid;
    new Hand(grid, {
      settle: (block) => this.#settle(block),
      menu: (block) => this.#menu(block),
      remove: (block) => this.#askRemove(block),
      putBack: (block) => this.#putBack(block),
      shown: (block) => this.#speak(words.ask(grid.dayName(block.place), hours(block.place))),
      isBusy: () => this.#isBusy,
      isOwn: (node) => this.#panel.holds(node) || this.#panel.isOpen,
    });
    this.#host.dataset.drawn = String(Number(this.#host.dataset.drawn ?? 0) + 1);
  }

  #settle(block: Block): void {
    if (block.item === null) this.#askNew(block);
    else if (isSame(block.place, block.held)) this.#menu(block);
    else if (block.item.kind === "opening") this.#askWeekly(block);
    else this.#keep(block);
  }

  #askNew(block: Block): void {
    const day = this.#dayName(block.place);
    const add = (kind: OwnKind) => (): void => {
      const act = { act: "add", kind, ...this.#fields(kind, block.place) };
      void this.#send(act, block);
    };
    this.#ask(block, words.ask(day, hours(block.place)), [
      { label: words.receiveWeekly(day), kind: "second", act: add("opening") },
      { label: words.receiveOnce(day), kind: "second", act: add("extra") },
      { label: words.away, kind: "second", act: add("absence") },
      { label: words.nothing, kind: "plain", act: () => this.#putBack(block) },
    ]);
  }

  #askWeekly(block: Block): void {
    const [before, after] = [block.held, block.place];
    const said = (place: Place): string =>
      `${words.everyWeek(this.#dayName(place))} ${hours(place)}`;
    const heading =
      before.day === after.day
        ? words.changed(words.everyWeek(this.#dayName(before)), hours(before), hours(after))
        : `${said(before)} → ${said(after)}`;
    this.#ask(block, capital(heading), [
      { label: words.keep, kind: "", act: () => this.#keep(block) },
      { label: words.putBack, kind: "second", act: () => this.#putBack(block) },
    ]);
  }

  #menu(block: Block): void {
    const { item } = block;
    if (item === null) return;
    this.#ask(block, this.#what(block), [
      { label: words.byForm, kind: "second", act: item.change },
      { label: words.remove, kind: "second", act: () => this.#askRemove(block) },
      { label: words.leave, kind: "plain", act: () => block.handle.focus() },
    ]);
  }

  #askRemove(block: Block): void {
    const { item } = block;
    if (item === null) return;
    const act = { act: "remove", kind: item.kind, key: item.key };
    this.#ask(block, words.removeAsk(this.#what(block)), [
      { label: words.remove, kind: "stop", act: () => void this.#send(act, block) },
      { label: words.leave, kind: "second", act: () => this.#putBack(block) },
    ]);
  }

  #ask(block: Block, heading: string, choices: readonly Choice[]): void {
    this.#panel.open(block.handle, heading, choices, () => this.#putBack(block));
  }

  #keep(block: Block): void {
    const kind = block.item?.kind;
    if (block.item === null || (kind !== "opening" && kind !== "extra" && kind !== "absence"))
      return;
    const fields = this.#fields(kind, block.place);
    void this.#send({ act: "change", kind, key: block.item.key, ...fields }, block);
  }

  async #send(act: Act, block: Block | null): Promise<void> {
    this.#isBusy = true;
    const answer = await send(this.#host.dataset.act ?? "", act);
    this.#isBusy = false;
    if (answer?.goto) {
      location.assign(answer.goto);
      return;
    }
    if (answer === null || !answer.isKept) {
      this.#say("bad", answer?.said || words.failed, null);
      if (block !== null) this.#putBack(block, false);
      return;
    }
    await this.#refresh();
    this.#say("ok", answer.said, answer.undo);
    this.#focus(act, block?.place ?? null);
  }

  /** Takes the page's list again from the server, and draws it. */
  async #refresh(): Promise<void> {
    try {
      const page = await fetch(location.href);
      const made = new DOMParser().parseFromString(await page.text(), "text/html");
      const held = made.getElementById("week-held");
      if (!page.ok || held === null) throw new Error("no week");
      this.#held.replaceChildren(...held.childNodes);
      this.#show(true);
    } catch {
      location.reload();
    }
  }

  #focus(act: Act, place: Place | null): void {
    const blocks = this.#grid?.blocks ?? [];
    const key = String(act.key ?? "");
    const found =
      blocks.find(({ item }) => key !== "" && item?.kind === act.kind && item?.key === key) ??
      blocks.find((block) => place !== null && block.item?.key && isSame(block.place, place));
    const undo = this.#said.querySelector("button");
    (found?.handle ?? undo)?.focus();
  }

  #putBack(block: Block, isSaid = true): void {
    if (block.item === null) {
      const day = this.#stage.querySelector<HTMLElement>(`.wg-add[data-day="${block.place.day}"]`);
      const hadFocus = [block.handle, document.body].some(
        (each) => each === document.activeElement,
      );
      this.#grid?.drop(block);
      if (hadFocus) day?.focus();
      return;
    }
    if (!isSame(block.place, block.held)) {
      this.#grid?.show(block, block.held);
      if (isSaid) this.#speak(words.isBack(hours(block.held)));
    }
    if (document.activeElement === document.body) block.handle.focus();
  }

  #say(tone: "ok" | "bad", said: string, undo: Act | null): void {
    const button =
      undo === null
        ? null
        : element(
            "button",
            { type: "button", class: "button second", onclick: () => void this.#send(undo, null) },
            words.undo,
          );
    this.#said.replaceChildren(
      element("div", { class: `notice ${tone}` }, element("p", {}, said), button),
    );
  }

  #speak(said: string): void {
    this.#live.textContent = said;
  }

  #what(block: Block): string {
    if (block.item?.kind !== "opening") return this.#grid?.name(block) ?? "";
    return capital(`${words.everyWeek(this.#dayName(block.held))} ${hours(block.held)}`);
  }

  #fields(kind: OwnKind, place: Place): Record<string, string> {
    return fieldsOf(kind, place, this.#grid?.days[place.day]?.on ?? "");
  }

  #dayName(place: Place): string {
    return this.#grid?.dayName(place) ?? "";
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const host = document.getElementById("week-grid");
const said = document.getElementById("week-said");
const held = document.getElementById("week-held");
if (host !== null && said !== null && held !== null) new Week(host, said, held);
