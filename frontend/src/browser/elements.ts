/** Builds elements without markup in strings. Styles are classes: the policy forbids inline ones. */

type Value = string | number | boolean | ((event: Event) => void);

/**
 * Returns an element. `on…` properties become listeners, `true` an empty attribute, `false`
 * none; children that are `null` are left out.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Readonly<Record<string, Value>> = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const SHAPES = {
  mark: [],
  mic: ["M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0Z", "M5 11a7 7 0 0 0 14 0M12 18v3"],
  camera: [
    "M3 8a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2Z",
    "m15 11 6-4v10l-6-4",
  ],
  back: ["M11 5l-7 7 7 7M4 12h16"],
  forward: ["m13 5 7 7-7 7M20 12H4"],
  reload: ["M20 12a8 8 0 1 1-2.5-5.8L20 8.5M20 3.5v5h-5"],
  lock: ["M5 11h14v10H5Z", "M8 11V7.5a4 4 0 0 1 8 0V11"],
  picture: ["M3 5h18v14H3Z", "m3 16 5-5 4 4 3-3 6 6M15.5 9v.1"],
  minus: ["M5 12h14"],
  plus: ["M12 5v14M5 12h14"],
  scan: [
    "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M3 12h18",
  ],
  see: [
    "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z",
    "M9.2 12a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 0 0-5.6 0",
  ],
  control: [
    "M8 13V5.5a1.5 1.5 0 0 1 3 0V11V4a1.5 1.5 0 0 1 3 0v7V5.5a1.5 1.5 0 0 1 3 0V15a6.5 6.5 0 0 1-6.5 6.5c-3 0-4.3-1.4-6-4.2L3 14.3a1.6 1.6 0 0 1 2.6-1.8L8 15",
  ],
  check: ["m4 12.5 5 5L20 6.5"],
  warn: ["M12 3.5 22 20.5H2Z", "M12 10v4.5M12 17.6v.1"],
  save: ["M12 4v11M7 11l5 5 5-5M4 20h16"],
} as const;

export type IconName = keyof typeof SHAPES;

/** Returns an icon that only decorates: a word always stands beside it. */
export function icon(name: IconName): SVGSVGElement {
  return drawing(
    "icon",
    "0 0 24 24",
    SHAPES[name].map((d) => ["path", { d }]),
  );
}

/** Returns the shape of a status light. */
export function lightShape(tone: string): SVGSVGElement {
  if (tone === "warn") return drawing("", "0 0 16 16", [["path", { d: "M8 .5 16 15H0Z" }]]);
  if (tone === "bad") {
    return drawing("", "0 0 16 16", [["rect", { x: "1", y: "1", width: "14", height: "14" }]]);
  }
  return drawing("", "0 0 16 16", [["circle", { cx: "8", cy: "8", r: "7" }]]);
}

/** Returns the mark of Cordée: two knots and a rope. */
export function mark(): SVGSVGElement {
  return drawing("mark", "0 0 40 40", [
    ["path", { class: "mark-rope", d: "M9 29C18 38 31 30 31.5 11" }],
    ["circle", { class: "mark-knot", cx: "8", cy: "28", r: "5.5" }],
    ["circle", { class: "mark-knot", cx: "32", cy: "10", r: "5.5" }],
  ]);
}

/** Returns the rope between two people. */
export function rope(): SVGSVGElement {
  const drawn = drawing("rope", "0 0 100 12", [["path", { d: "M0 2Q50 18 100 2" }]]);
  drawn.setAttribute("preserveAspectRatio", "none");
  return drawn;
}

type Part = readonly [string, Readonly<Record<string, string>>];

export function drawing(kind: string, viewBox: string, parts: readonly Part[]): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  if (kind !== "") svg.setAttribute("class", kind);
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of parts) {
    const shape = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}
