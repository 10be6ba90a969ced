/** The counter's first line: who, when, the keys, the end. */
import { element, mark } from "../../browser/elements.ts";
import { text, write, type Zone, type ZoneParts } from "./zones.ts";

export interface Bar extends Zone {
  readonly help: HTMLElement;
  readonly finish: HTMLButtonElement;
  toggleHelp(): void;
}

export function makeBar({ words, homeUrl }: ZoneParts, onEnd: () => void): Bar {
  const who = element("h1", { id: "main", tabindex: -1 });
  const about = text("span");
  const hours = text("p", "push quiet");
  const minutes = text("strong", "num");
  const minutesNote = text("span", "quiet");
  const keys = words.keysHelp.map(([key = "", what = ""]) =>
    element("li", {}, element("kbd", {}, key), ` ${what}`),
  );
  const [sample = "", meaning = ""] = words.echoHelp;
  const echo = element("li", {}, element("span", { class: "echo" }, sample), ` ${meaning}`);
  const help = element(
    "section",
    { class: "help panel", hidden: true, id: "help", "aria-label": words.keys },
    element("ul", { class: "help-keys" }, ...keys, echo),
  );
  const toggleHelp = (): void => {
    help.hidden = !help.hidden;
    helpButton.setAttribute("aria-expanded", String(!help.hidden));
  };
  const helpButton = element(
    "button",
    {
      type: "button",
      class: "button second",
      "aria-expanded": "false",
      "aria-controls": "help",
      onclick: toggleHelp,
    },
    words.keys,
    element("kbd", {}, "F1"),
  );
  const finish = element(
    "button",
    { type: "button", class: "button stop", id: "end", onclick: onEnd },
    words.finish,
  );
  const root = element(
    "header",
    { class: "bar" },
    element("a", { class: "brand", href: homeUrl }, mark(), "Cordée"),
    who,
    hours,
    element("p", { class: "minutes" }, minutes, " ", minutesNote),
    helpButton,
    finish,
  );

  return {
    root,
    help,
    finish,
    toggleHelp,
    render(view) {
      write(about, view.about);
      who.replaceChildren(view.who, " ", about);
      write(hours, view.hours);
      write(minutes, view.minutes);
      write(minutesNote, view.minutesNote);
      finish.hidden = view.isOver;
    },
  };
}
