/** The middle of the counter: tools, who has the hand, the page itself or what stands for it. */
import { element, icon } from "../../browser/elements.ts";
import type { MirrorPanel } from "../../browser/mirror_panel.ts";
import type { PapersPanel } from "../../browser/papers_panel.ts";
import type { PicturePanel } from "../../browser/picture_panel.ts";
import { type Confirm, makeOver } from "./end.ts";
import { makePageTools } from "./page_tools.ts";
import { text, write, type Zone, type ZoneParts } from "./zones.ts";

export interface SharedPageParts extends ZoneParts {
  readonly mirror: MirrorPanel;
  readonly picture: PicturePanel;
  readonly papers: PapersPanel;
  readonly confirm: Confirm;
  /** Shows the page's picture in place of its mirror, or the other way round. */
  readonly showOther: () => void;
}

export interface SharedPage extends Zone {
  readonly tools: HTMLElement;
}

export function makeSharedPage(parts: SharedPageParts): SharedPage {
  const { words, dispatch, confirm } = parts;
  const { picture } = parts;
  const zoomBy = (by: number): number => {
    const zoom = parts.mirror.zoom(by);
    picture.zoom(zoom);
    return zoom;
  };
  const tools = makePageTools(parts, zoomBy, parts.showOther);
  const over = makeOver(parts);
  let wasOver = false;
  const handTitle = element("b", {}, words.hand);
  const handNote = text("span");
  const way = element("span", { class: "way", hidden: true }, words.onItsWay);
  const giveBack = element(
    "button",
    {
      type: "button",
      class: "button push",
      "data-do": "give-back",
      onclick: () => dispatch({ kind: "give_back", act: "control" }),
    },
    words.giveBack,
    element("kbd", {}, "F2"),
  );
  const handBar = element(
    "div",
    { class: "hand", hidden: true, role: "status" },
    element("p", {}, handTitle, " ", handNote),
    way,
    giveBack,
  );
  const emptyTitle = element("h2");
  const emptyHint = text("p", "quiet");
  const seeButton = element(
    "button",
    {
      type: "button",
      class: "button",
      "data-do": "see",
      onclick: () => dispatch({ kind: "want", act: "see" }),
    },
    icon("see"),
    words.seeButton,
  );
  const empty = element("div", { class: "frame-empty" }, emptyTitle, emptyHint, seeButton);
  const frame = element(
    "div",
    { class: "frame" },
    parts.mirror.root,
    picture.root,
    empty,
    over.root,
    parts.papers.large,
  );
  const noticeText = text("p");
  const keysLink = element("a", { href: parts.keysUrl }, words.openKeys);
  const notice = element(
    "div",
    { class: "notice warn", role: "alert", hidden: true, id: "notice" },
    icon("warn"),
    element("div", {}, noticeText, keysLink),
  );
  const root = element(
    "main",
    { class: "middle", tabindex: -1, "aria-label": words.sharedPage },
    confirm.root,
    notice,
    tools.root,
    handBar,
    frame,
  );

  return {
    root,
    tools: tools.root,
    render(view, state) {
      if (view.isOver && !wasOver) parts.papers.close();
      wasOver = view.isOver;
      tools.render(view, state);
      over.render(view, state);
      confirm.render(view, state);
      handBar.hidden = !view.hasHand && view.secretNote === "";
      handBar.classList.toggle("unseen", view.secretNote !== "");
      giveBack.hidden = !view.hasHand;
      handTitle.hidden = !view.hasHand || view.secretNote !== "";
      write(handNote, view.secretNote || words.handNote(view.who));
      way.hidden = !view.isOnItsWay;
      frame.dataset.hand = view.hasHand ? "yes" : "no";
      parts.mirror.root.hidden = !view.seesPage || view.page.way !== "mirror";
      picture.root.hidden = !view.seesPage || view.page.way !== "picture";
      picture.render(view.page);
      empty.hidden = view.seesPage || view.isOver;
      write(emptyTitle, words.emptyTitle);
      write(emptyHint, words.emptyHint(view.who));
      seeButton.disabled = !(view.grants.find(({ act }) => act === "see")?.mayAsk ?? false);
      notice.hidden = view.notice === null;
      notice.className = `notice ${view.notice?.tone ?? "warn"}`;
      write(noticeText, view.notice?.text ?? "");
      keysLink.hidden = !view.offersKeys;
    },
  };
}
