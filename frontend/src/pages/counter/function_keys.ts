/** The counter's function keys; each one's own use in the browser is prevented. */

export interface FunctionKeys {
  help(): void;
  giveBack(): void;
  mute(): void;
  scan(): void;
  picture(): void;
  zones(): readonly HTMLElement[];
}

export function listenToFunctionKeys(keys: FunctionKeys): void {
  const acts: Readonly<Record<string, () => void>> = {
    F1: keys.help,
    F2: keys.giveBack,
    F6: () => nextZone(keys.zones()),
    F7: keys.mute,
    F8: keys.scan,
    F9: keys.picture,
  };
  window.addEventListener(
    "keydown",
    (event) => {
      const act = acts[event.key];
      if (act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) act();
    },
    { capture: true },
  );
}

/** Moves the focus into the next zone: its first control, or the zone itself. */
function nextZone(zones: readonly HTMLElement[]): void {
  const usable = zones.filter((zone) => zone.checkVisibility());
  const now = usable.findIndex((zone) => zone.contains(document.activeElement));
  const next = usable[(now + 1) % usable.length];
  if (next === undefined) return;
  const first = next.matches("textarea")
    ? next
    : next.querySelector<HTMLElement>("button:not([disabled], [hidden]), input, a[href]");
  (first ?? next).focus();
}
