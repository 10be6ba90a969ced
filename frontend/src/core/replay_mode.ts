/** Which of HTML's three ways of laying out a document is in (DOM, section 4.5, "mode"). */

export type LayoutMode = "standard" | "limited" | "quirks";

/** HTML, section 13.2.6.4.1: these documents are laid out in limited-quirks mode. */
const LIMITED = [
  "-//w3c//dtd xhtml 1.0 frameset//",
  "-//w3c//dtd xhtml 1.0 transitional//",
  "-//w3c//dtd html 4.01 frameset//",
  "-//w3c//dtd html 4.01 transitional//",
];

/** What begins a document of each mode. Nothing of the mirrored page ever stands in it. */
export const BEGINNINGS: Readonly<Record<LayoutMode, string>> = {
  standard: "<!doctype html>",
  limited:
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" ' +
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
  quirks: "<html>",
};

/** Returns the mode of a document as rrweb tells it. */
export function modeOf(value: Readonly<Record<string, unknown>>): LayoutMode {
  if (value.compatMode === "BackCompat") return "quirks";
  const first: unknown = Array.isArray(value.childNodes) ? value.childNodes[0] : null;
  if (typeof first !== "object" || first === null || !("publicId" in first)) return "standard";
  return modeOfName(String(first.publicId));
}

/** Returns the mode that a doctype's public identifier gives where it is not quirks. */
export function modeOfName(publicId: string): LayoutMode {
  const lower = publicId.toLowerCase();
  return LIMITED.some((each) => lower.startsWith(each)) ? "limited" : "standard";
}
