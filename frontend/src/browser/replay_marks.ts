/** How the replay shows focus, what is on its way, and secret fields. */

const MARKS = `
[data-cordee-focus] { outline: 3px solid #c2480b !important; outline-offset: 1px !important; }
[data-cordee-echo] {
  text-decoration: underline dashed 2px currentcolor !important; text-decoration-skip-ink: none !important;
  /* Lower, a field of one line would cut it off. */
  text-underline-offset: 1px !important;
}
[data-cordee-blind] {
  background: repeating-linear-gradient(135deg, #eceeed 0 8px, #fff 8px 16px) !important;
  color: #40551a !important;
}
[data-cordee-blind]::placeholder { color: #40551a !important; opacity: 1 !important; font-weight: 600; }
cordee-silent, cordee-link { display: none !important; }
/* Where nothing runs, browsers give every film its controls (HTML, section 4.8.11.13). */
video:not([controls])::-webkit-media-controls { display: none !important; }
cordee-box { display: inline-block; border: 1px dashed #6b7c83; }
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** Adds the marks to a document or a shadow root, above the page's own rules and `lent`. */
export function mark(root: Document | ShadowRoot, lent: readonly CSSStyleSheet[] = []): void {
  const doc = root.nodeType === 9 ? (root as Document) : root.ownerDocument;
  const Sheet = doc?.defaultView?.CSSStyleSheet;
  if (!doc || Sheet === undefined || root.adoptedStyleSheets === undefined) return;
  let sheet = sheets.get(doc);
  if (sheet === undefined) {
    sheet = new Sheet();
    sheet.replaceSync(MARKS);
    sheets.set(doc, sheet);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...lent, sheet];
}
