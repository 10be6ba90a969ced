/** The counter's elements, built once; `render` writes what the view says into them. */
import { element } from "../../browser/elements.ts";
import type { MirrorPanel } from "../../browser/mirror_panel.ts";
import type { PapersPanel } from "../../browser/papers_panel.ts";
import type { PicturePanel } from "../../browser/picture_panel.ts";
import { makeBar } from "./bar.ts";
import { makeConfirm } from "./end.ts";
import { makeLeave } from "./leave.ts";
import { makePapersZone } from "./papers_zone.ts";
import { makePeople, type People } from "./people.ts";
import { makeSharedPage } from "./shared_page.ts";
import type { Zone, ZoneParts } from "./zones.ts";

export interface ScreenParts extends ZoneParts {
  readonly mirror: MirrorPanel;
  readonly picture: PicturePanel;
  readonly showOther: () => void;
  readonly papers: PapersPanel;
}

export interface Screen extends Zone, Pick<People, "remote" | "own" | "sound" | "showCode"> {
  /** In the order of F6. */
  readonly zones: readonly HTMLElement[];
  toggleHelp(): void;
}

export function makeScreen(parts: ScreenParts): Screen {
  const confirm = makeConfirm(parts, () => bar.finish.focus());
  const bar = makeBar(parts, () => confirm.ask(true));
  const people = makePeople(parts);
  const page = makeSharedPage({ ...parts, confirm });
  const papers = makePapersZone(parts, parts.papers);
  const leave = makeLeave(parts);
  const all = [bar, people, page, papers, leave];
  const root = element("div", { class: "counter" }, ...all.map((zone) => zone.root), bar.help);
  return {
    root,
    remote: people.remote,
    own: people.own,
    sound: people.sound,
    zones: [
      people.root,
      page.tools,
      parts.mirror.keyboard,
      parts.picture.keyboard,
      papers.root,
      leave.root,
    ],
    toggleHelp: bar.toggleHelp,
    showCode: people.showCode,
    render(view, state) {
      for (const zone of all) zone.render(view, state);
    },
  };
}
