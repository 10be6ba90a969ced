/** Tells the daemon where on the screen the guest's page belongs. */

import type { FromStage } from "../../core/wire/stage.ts";

export interface Hole {
  /** Watches this element from now on; null: the guest is nowhere. */
  follow(element: HTMLElement | null): void;
}

export function openHole(send: (message: FromStage) => void): Hole {
  let followed: HTMLElement | null = null;
  let last = "0 0 0 0";

  const tell = () => {
    const box = followed?.getBoundingClientRect();
    const scale = window.devicePixelRatio;
    const left = Math.round((box?.left ?? 0) * scale);
    const top = Math.round((box?.top ?? 0) * scale);
    const width = Math.round((box?.right ?? 0) * scale) - left;
    const height = Math.round((box?.bottom ?? 0) * scale) - top;
    const place = `${left} ${top} ${width} ${height}`;
    if (place === last) return;
    last = place;
    send({ type: "hole_moved", left, top, width, height });
  };

  const watch = new ResizeObserver(tell);
  window.addEventListener("resize", tell);
  return {
    follow(element) {
      if (element !== followed) {
        watch.disconnect();
        followed = element;
        if (element !== null) watch.observe(element);
      }
      tell();
    },
  };
}
