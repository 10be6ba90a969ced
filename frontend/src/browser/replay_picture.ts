/** What stands for a picture of the kiosk's page until its bytes are here. */

const QUIET = "#e6ebe8";
const EDGE = "#9aa5a6";
const INK = "#16242b";

let nothingAddress = "";

/**
 * Returns the address of a picture without size, for one that is not known yet: without any
 * address browsers draw a broken picture beside the words.
 */
export function nothing(): string {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>';
  nothingAddress ||= URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" }));
  return nothingAddress;
}

/**
 * Returns a drawing of that size in CSS px which says `alt`. A drawing used as a picture runs and
 * fetches nothing (SVG 2, section 2.6), and its own size gives the page the layout it has there.
 */
export function placeholder(width: number, height: number, alt: string): Blob {
  const room = height < 28 ? "font:12px/1 sans-serif" : "font:14px/1.2 sans-serif;padding:4px";
  const style = `${room};color:${INK};overflow-wrap:anywhere`;
  const words = `<div xmlns="http://www.w3.org/1999/xhtml" style="${style}">${escaped(alt)}</div>`;
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="100%" height="100%" fill="${QUIET}" stroke="${EDGE}"/>` +
    `<foreignObject width="100%" height="100%">${words}</foreignObject></svg>`;
  return new Blob([drawing], { type: "image/svg+xml" });
}

/**
 * Returns a picture of that size in CSS px made of one that has another number of dots: the page
 * is laid out as with the one that it has at the kiosk.
 */
export function resized(width: number, height: number, type: string, bytes: Uint8Array): Blob {
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<image width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `href="data:${type};base64,${base64(bytes)}"/></svg>`;
  return new Blob([drawing], { type: "image/svg+xml" });
}

function base64(bytes: Uint8Array): string {
  const step = 8_192;
  let text = "";
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(text);
}

function escaped(text: string): string {
  return (
    text
      // XML 1.0, section 2.2: these may not stand in a document in any form.
      .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}
