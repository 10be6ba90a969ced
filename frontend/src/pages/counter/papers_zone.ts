/** The papers' column: scanning, and the pages that came. */
import { element, icon } from "../../browser/elements.ts";
import type { PapersPanel } from "../../browser/papers_panel.ts";
import { isAttaching } from "../../core/attaching.ts";
import { text, write, type Zone, type ZoneParts } from "./zones.ts";

export function makePapersZone({ words, dispatch }: ZoneParts, panel: PapersPanel): Zone {
  const pagesCount = text("span", "small quiet");
  const scanButton = element(
    "button",
    {
      type: "button",
      class: "button wide",
      "data-do": "scan",
      onclick: () => dispatch({ kind: "scan" }),
    },
    icon("scan"),
    words.scan,
    element("kbd", {}, "F8"),
  );
  const scanState = element("p", { class: "small scan-state", role: "status", id: "scan-state" });
  const attachNote = element("p", { class: "small attach-note", role: "status", hidden: true });
  let offered = "";
  const offer = element(
    "div",
    { class: "attach-note", role: "status", hidden: true },
    element("p", { class: "small" }, words.documentCame),
    element(
      "button",
      {
        type: "button",
        class: "button second",
        "data-do": "receive",
        onclick: () => dispatch({ kind: "receive", document: offered }),
      },
      words.receive,
    ),
  );
  const root = element(
    "aside",
    { class: "zone papers", "aria-label": words.papers, tabindex: -1 },
    element("div", { class: "head" }, element("h2", {}, words.papers), pagesCount),
    scanButton,
    scanState,
    attachNote,
    offer,
    panel.list,
    element("p", { class: "small quiet zone-note" }, `${words.scanHint} ${words.secret}`),
  );

  return {
    root,
    render(view, state) {
      write(pagesCount, words.pages(state.papers.pages.length));
      scanButton.hidden = view.isOver;
      scanButton.disabled = !view.mayScan;
      scanState.dataset.tone = view.scanTone;
      scanState.dataset.state = state.papers.scan?.state ?? "";
      write(scanState, view.scanLabel);
      panel.render(state.papers, view.hasHand && view.page.way === "mirror" ? state.armed : null);
      offered = state.papers.offered?.at(-1) ?? "";
      offer.hidden = offered === "" || view.isOver || !view.mayScan;
      const note = isAttaching(state) ? words.attachingNote : words.armedNote;
      attachNote.hidden = state.armed.length === 0 && !isAttaching(state);
      write(attachNote, attachNote.hidden ? "" : note);
    },
  };
}
