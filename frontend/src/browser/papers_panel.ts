/** The papers of a visit: small pictures in a column, one of them large, each to be kept. */
import type { Page, Papers } from "../core/papers.ts";
import type { Words } from "../core/words.ts";
import { element, icon } from "./elements.ts";

export interface PapersPanel {
  readonly list: HTMLElement;
  readonly large: HTMLElement;
  /** Keeps the deciphered picture for showing. */
  opened(page: string, picture: Blob): void;
  /** Shows none of them large any more. */
  close(): void;
  /** `armed` are the pages in the agent's hand; null: none may be attached now. */
  render(papers: Papers, armed: readonly string[] | null): void;
}

export function makePapersPanel(
  words: Words,
  onRetry: (page: Page) => void,
  onArm: (page: string) => void,
): PapersPanel {
  const list = element("ul", { class: "thumbs" });
  const large = element("section", { class: "sheet", "aria-label": words.papers, hidden: true });
  const pictures = new Map<string, string>();
  let shown = "";
  let drawn = "";
  let armed: readonly string[] | null = null;
  let last: Papers = { scan: null, pages: [] };

  const show = (page: string): void => {
    shown = page;
    draw();
    if (page !== "") large.querySelector<HTMLElement>("button")?.focus();
  };

  const draw = (): void => {
    const key = JSON.stringify([last.pages, [...pictures.keys()], shown, armed]);
    if (key === drawn) return;
    drawn = key;
    list.replaceChildren(...last.pages.map(thumb));
    const page = last.pages.find((each) => each.page === shown);
    const address = pictures.get(shown);
    large.hidden = page === undefined || address === undefined;
    if (page === undefined || address === undefined) return;
    large.replaceChildren(
      element(
        "div",
        { class: "sheet-head" },
        element("h2", {}, words.pageOf(page.number)),
        saveLink(page, address),
        element(
          "button",
          {
            type: "button",
            class: "button second",
            "data-do": "close-page",
            onclick: () => show(""),
          },
          words.close,
        ),
      ),
      element("img", { src: address, alt: words.pageOf(page.number), "data-page": page.page }),
    );
  };

  const saveLink = (page: Page, address: string): HTMLElement =>
    element(
      "a",
      {
        class: "button second",
        href: address,
        download: `page-${page.number}.png`,
        "data-do": "save",
      },
      icon("save"),
      words.save,
    );

  const attachButton = ({ page, number }: Page, inHand: readonly string[]): HTMLElement =>
    element(
      "button",
      {
        type: "button",
        class: "button second attach",
        "data-do": "attach",
        "aria-label": words.attachPage(number),
        "aria-pressed": String(inHand.includes(page)),
        onclick: () => onArm(page),
      },
      words.attach,
    );

  /** Opened by whatever opens PDF files on the agent's machine: nothing of it runs here. */
  const documentLink = (page: Page, address: string): HTMLElement =>
    element(
      "a",
      {
        class: "thumb",
        href: address,
        download: `document-${page.number}.pdf`,
        "aria-label": words.saveDocument(page.number),
        "data-do": "save",
      },
      element("div", { class: "thumb-blank" }),
      element("span", {}, words.documentOf(page.number)),
    );

  const thumb = (page: Page): HTMLElement => {
    const address = pictures.get(page.page);
    const caption = `${page.number} · ${words.pageState[page.state]}`;
    const trouble = words.pageTrouble as Readonly<Record<string, string>>;
    const isOn = page.page === shown;
    const label = `${words.pageOf(page.number)}, ${words.pageState[page.state]}`;
    const item = element("li", { "data-page": page.page, "data-state": page.state });
    if (address !== undefined && page.isDocument) item.append(documentLink(page, address));
    else if (address !== undefined) {
      item.append(
        element(
          "button",
          {
            type: "button",
            class: isOn ? "thumb is-on" : "thumb",
            "aria-label": label,
            "aria-pressed": String(isOn),
            onclick: () => show(isOn ? "" : page.page),
          },
          element("img", { src: address, alt: "", "data-page": page.page }),
          element("span", {}, caption),
        ),
      );
    } else {
      item.append(
        element(
          "div",
          { class: "thumb" },
          element("div", { class: "thumb-blank" }),
          element("span", {}, caption),
        ),
      );
    }
    if (armed !== null && page.state !== "gone" && !page.isDocument)
      item.append(attachButton(page, armed));
    if (page.trouble === "") return item;
    item.classList.add("is-wide");
    item.append(
      element(
        "div",
        { class: "notice warn", role: "status" },
        icon("warn"),
        element("p", {}, trouble[page.trouble] ?? page.trouble),
      ),
    );
    if (page.state === "failed") {
      item.append(
        element(
          "button",
          { type: "button", class: "button second", onclick: () => onRetry(page) },
          icon("reload"),
          words.retry,
        ),
      );
    }
    return item;
  };

  return {
    list,
    large,
    opened(page, picture) {
      const before = pictures.get(page);
      if (before !== undefined) URL.revokeObjectURL(before);
      pictures.set(page, URL.createObjectURL(picture));
      draw();
    },
    close: () => show(""),
    render(papers, inHand) {
      last = papers;
      armed = inHand;
      draw();
    },
  };
}
