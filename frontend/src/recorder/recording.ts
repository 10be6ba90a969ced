/** What rrweb is asked to record, and when it has to begin anew. */

export const RECORDING = {
  recordAfter: "DOMContentLoaded",
  inlineStylesheet: true,
  maskInputOptions: { password: true },
  maskInputFn: () => "",
  slimDOMOptions: { script: true, comment: true, headFavicon: true },
  sampling: { mousemove: false, mouseInteraction: false, scroll: 50, media: 1000 },
} as const;

/** Calls `renewed` when the page's script has replaced all there was, as `document.open` does. */
export function onNewContent(renewed: () => void): void {
  let content: Element | null = document.documentElement;
  const look = (): void => {
    const root = document.documentElement;
    if (root === null || root === content) return;
    const isFirst = content === null;
    content = root;
    if (!isFirst) renewed();
  };
  new MutationObserver(look).observe(document, { childList: true });
}
