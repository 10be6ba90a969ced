/** The agent's own list of scanned pages, at a file field of the mirrored page. */
import { makeChooser } from "./chooser.ts";
import { element } from "./elements.ts";

export interface Attachable {
  readonly page: string;
  readonly number: number;
}

export interface PaperWords {
  readonly attach: string;
  readonly attachWhich: string;
  pageOf(n: number): string;
}

export interface PaperChooser {
  open(pages: readonly Attachable[], place: { left: number; top: number; width: number }): void;
  close(): void;
}

/** `onChoose` gets the names of the pages chosen, in their order. */
export function makePaperChooser(
  host: HTMLElement,
  words: PaperWords,
  onChoose: (pages: readonly string[]) => void,
  onClosed: () => void,
): PaperChooser {
  const labels = { choose: words.attach, list: words.attachWhich };
  const chooser = makeChooser(
    host,
    labels,
    (_, pages) => {
      if (pages.length > 0) onChoose(pages);
    },
    onClosed,
  );
  return {
    open(pages, place) {
      const list = element("select");
      list.multiple = true;
      for (const { page, number } of pages) {
        const option = element("option", { value: page }, words.pageOf(number));
        option.selected = pages.length === 1;
        list.append(option);
      }
      chooser.open(list, place);
    },
    close: chooser.close,
  };
}
