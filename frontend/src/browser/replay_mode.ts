/** Puts a document of the replay into the layout mode of the kiosk's. */
import { BEGINNINGS, type LayoutMode, modeOfName } from "../core/replay_mode.ts";

/**
 * Empties `doc` and gives it the mode, unless it has it. Its policy, its sandbox and the object
 * itself stay: only a constant is ever written into it.
 */
export function layOutAs(doc: Document, mode: LayoutMode): void {
  if (modeOfDocument(doc) === mode) return;
  doc.open();
  doc.write(BEGINNINGS[mode]);
  doc.close();
}

function modeOfDocument(doc: Document): LayoutMode {
  if (doc.compatMode === "BackCompat") return "quirks";
  return modeOfName(doc.doctype?.publicId ?? "");
}
