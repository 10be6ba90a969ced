/** The papers of a visit: the scan under way, and the sealed pages and what became of each. */
import type { ScanState } from "./wire/control.ts";
import type { PageArrived } from "./wire/counter.ts";
import type { PageListed } from "./wire/http.ts";

export type PageState = "sealed" | "opening" | "open" | "kept" | "failed" | "gone";

export interface Page {
  readonly page: string;
  /** 1 for the first page of the visit. */
  readonly number: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** `open`: deciphered here; `kept`: and the server knows it. */
  readonly state: PageState;
  readonly trouble: string;
  /** A PDF of the partner's page, known once it is open here. */
  readonly isDocument?: boolean;
}

export interface Papers {
  readonly scan: {
    readonly id: number;
    readonly state: "asked" | ScanState["state"];
    readonly code: string;
    readonly message: string;
  } | null;
  readonly pages: readonly Page[];
  /** Documents that the partner's page has offered; they are on the kiosk. */
  readonly offered?: readonly string[];
}

export type PapersEvent =
  | { readonly kind: "scan_asked"; readonly id: number }
  | { readonly kind: "scan_state"; readonly said: ScanState }
  | {
      readonly kind: "scan_refused";
      readonly id: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: "scan_lost" }
  | { readonly kind: "listed"; readonly pages: readonly PageListed[] }
  | { readonly kind: "arrived"; readonly page: PageArrived }
  | { readonly kind: "offered"; readonly document: string }
  | { readonly kind: "received"; readonly document: string }
  | { readonly kind: "opened"; readonly page: string; readonly isDocument?: boolean }
  | { readonly kind: "acknowledged"; readonly page: string }
  | { readonly kind: "open_failed"; readonly page: string; readonly trouble: string };

export type PapersEffect =
  | { readonly kind: "open_page"; readonly page: string; readonly sha256: string }
  | { readonly kind: "acknowledge"; readonly page: string };

export const noPapers: Papers = { scan: null, pages: [] };

const AT_THE_STAND = new Set(["asked", "scanning", "sealing"]);

/** Whether the stand is busy: a page that travels leaves it free for the next. */
export function isScanning(papers: Papers): boolean {
  return papers.scan !== null && AT_THE_STAND.has(papers.scan.state);
}

export function stepPapers(state: Papers, event: PapersEvent): [Papers, readonly PapersEffect[]] {
  switch (event.kind) {
    case "scan_asked":
      return [{ ...state, scan: { id: event.id, state: "asked", code: "", message: "" } }, []];
    case "scan_state": {
      const { id, state: how, code, message } = event.said;
      // A page sent long after says nothing of the scan that is under way, unless it is lost.
      if (state.scan !== null && id < state.scan.id && how !== "failed") return [state, []];
      return [{ ...state, scan: { id, state: how, code, message } }, []];
    }
    case "scan_refused": {
      if (state.scan?.id !== event.id) return [state, []];
      const { id, code, message } = event;
      return [{ ...state, scan: { id, state: "failed", code, message } }, []];
    }
    case "scan_lost":
      if (state.scan === null || !isScanning(state)) return [state, []];
      return [{ ...state, scan: { ...state.scan, state: "failed", code: "cut" } }, []];
    case "listed": {
      let next = state;
      const effects: PapersEffect[] = [];
      for (const page of event.pages) {
        if (page.state === "arriving") continue;
        const known = next.pages.some((each) => each.page === page.page);
        if (known) continue;
        const isGone = page.state === "purged";
        next = added(next, page.page, page.size_bytes, page.sha256, isGone ? "gone" : "opening");
        if (!isGone) effects.push({ kind: "open_page", page: page.page, sha256: page.sha256 });
      }
      return [next, effects];
    }
    case "arrived": {
      const { page, size_bytes, sha256 } = event.page;
      const known = state.pages.find((each) => each.page === page);
      if (known !== undefined && known.state !== "failed") return [state, []];
      const next =
        known === undefined
          ? added(state, page, size_bytes, sha256, "opening")
          : changed(state, page, { state: "opening", trouble: "" });
      return [next, [{ kind: "open_page", page, sha256 }]];
    }
    case "opened":
      return [
        changed(state, event.page, {
          state: "open",
          ...(event.isDocument ? { isDocument: true } : {}),
        }),
        [{ kind: "acknowledge", page: event.page }],
      ];
    case "offered":
      return [{ ...state, offered: [...(state.offered ?? []), event.document] }, []];
    case "received": {
      const offered = (state.offered ?? []).filter((each) => each !== event.document);
      return [{ ...state, offered }, []];
    }
    case "acknowledged":
      return [changed(state, event.page, { state: "kept" }), []];
    case "open_failed":
      return [changed(state, event.page, { state: "failed", trouble: event.trouble }), []];
  }
}

function added(
  state: Papers,
  page: string,
  sizeBytes: number,
  sha256: string,
  how: PageState,
): Papers {
  const number = state.pages.length + 1;
  const one: Page = { page, number, sizeBytes, sha256, state: how, trouble: "" };
  return { ...state, pages: [...state.pages, one] };
}

function changed(state: Papers, page: string, change: Partial<Page>): Papers {
  return {
    ...state,
    pages: state.pages.map((each) => (each.page === page ? { ...each, ...change } : each)),
  };
}
