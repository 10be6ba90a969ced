/**
 * What the agent and the kiosk say to each other on the data channel `control`, as
 * `wire/src/cordee_wire/control.py` defines it. Everything received is parsed here.
 */
import * as v from "valibot";

export const CONTROL_LIMIT_BYTES = 16_384;

export const ACTS = ["see", "control", "scan"] as const;
export type Act = (typeof ACTS)[number];

export const KEYS = [
  "Tab",
  "Enter",
  "Backspace",
  "Delete",
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
  "Escape",
  "Space",
] as const;
export type Key = (typeof KEYS)[number];

const id = v.pipe(v.number(), v.integer());
const act = v.picklist(ACTS);
/** The page's last question, asked again, is answered yes. Said only where it is so. */
const yes = v.optional(v.boolean());

// --- the agent speaks

const Open = v.object({ type: v.literal("open"), id, url: v.string() });
const Go = v.object({
  type: v.literal("go"),
  id,
  where: v.picklist(["back", "forward", "reload"]),
});
const Click = v.object({
  type: v.literal("click"),
  id,
  node: id,
  x: v.number(),
  y: v.number(),
  count: v.optional(id, 1),
  yes,
});
const Type = v.object({ type: v.literal("type"), id, node: id, text: v.string() });
const Press = v.object({
  type: v.literal("press"),
  id,
  key: v.picklist(KEYS),
  shift: v.optional(v.boolean(), false),
  yes,
});
const Choose = v.object({
  type: v.literal("choose"),
  id,
  node: id,
  values: v.array(v.string()),
  yes,
});
const Tick = v.object({ type: v.literal("tick"), id, node: id, checked: v.boolean() });
const Attach = v.object({ type: v.literal("attach"), id, node: id, pages: v.array(v.string()) });
const Scroll = v.object({
  type: v.literal("scroll"),
  id,
  node: id,
  top: v.number(),
  left: v.optional(v.number(), 0),
});
const Hover = v.object({
  type: v.literal("hover"),
  id,
  node: id,
  x: v.number(),
  y: v.number(),
});
const Wheel = v.object({
  type: v.literal("wheel"),
  id,
  x: v.number(),
  y: v.number(),
  down: v.number(),
  right: v.optional(v.number(), 0),
});

export const WAYS = ["mirror", "picture"] as const;
export type Way = (typeof WAYS)[number];
const way = v.picklist(WAYS);

const Verb = v.variant("type", [
  Open,
  Go,
  Click,
  Type,
  Press,
  Choose,
  Tick,
  Attach,
  Scroll,
  Wheel,
  Hover,
]);
export type Verb = v.InferOutput<typeof Verb>;

const FromAgentSchema = v.variant("type", [
  v.object({ type: v.literal("ask"), act, id }),
  v.object({ type: v.literal("declare_yes"), request: id }),
  v.object({ type: v.literal("withdraw"), request: id }),
  v.object({ type: v.literal("give_back"), act }),
  Open,
  Go,
  Click,
  Type,
  Press,
  Choose,
  Tick,
  Attach,
  Scroll,
  Hover,
  Wheel,
  v.object({ type: v.literal("scan"), id }),
  v.object({ type: v.literal("receive"), id, document: v.string() }),
  v.object({ type: v.literal("mirror_again") }),
  v.object({
    type: v.literal("show_as"),
    way,
    why: v.optional(v.picklist(["asked", "unfaithful"]), "asked"),
  }),
  v.object({ type: v.literal("end") }),
]);
export type FromAgent = v.InferOutput<typeof FromAgentSchema>;

// --- the kiosk speaks

const FromKioskSchema = v.variant("type", [
  v.object({ type: v.literal("live"), at: v.number() }),
  v.object({
    type: v.literal("prompted"),
    request: id,
    act,
    state: v.picklist(["speaking", "waiting"]),
    id,
  }),
  v.object({
    type: v.literal("grant"),
    act,
    state: v.picklist(["given", "refused", "revoked", "withdrawn"]),
    how: v.string(),
    request: v.optional(id, 0),
    at: v.optional(v.number(), 0),
  }),
  v.object({
    type: v.literal("done"),
    id,
    ok: v.boolean(),
    code: v.optional(v.string(), "done"),
    message: v.optional(v.string(), ""),
  }),
  v.object({
    type: v.literal("location"),
    url: v.string(),
    title: v.string(),
    may_back: v.boolean(),
    may_forward: v.boolean(),
  }),
  v.object({ type: v.literal("secret_asked"), kind: v.optional(v.string(), "") }),
  v.object({
    type: v.literal("shown_as"),
    way,
    why: v.optional(v.string(), "asked"),
    covered: v.optional(v.boolean(), false),
  }),
  v.object({
    type: v.literal("scan_state"),
    id,
    state: v.picklist(["scanning", "sealing", "sending", "sent", "failed"]),
    page: v.optional(v.string(), ""),
    code: v.optional(v.string(), ""),
    message: v.optional(v.string(), ""),
  }),
  v.object({
    type: v.literal("document_offered"),
    document: v.string(),
    size_bytes: v.pipe(v.number(), v.integer()),
  }),
  v.object({ type: v.literal("stopped"), how: v.string() }),
  v.object({ type: v.literal("ended"), by: v.string() }),
]);
export type FromKiosk = v.InferOutput<typeof FromKioskSchema>;
export type Live = Extract<FromKiosk, { type: "live" }>;
export type Done = Extract<FromKiosk, { type: "done" }>;

/** The answer that a `done` line in the mirror stands for (decision 0015). */
export function wentWell(verb: number): Done {
  return { type: "done", id: verb, ok: true, code: "done", message: "" };
}
export type ShownAs = Extract<FromKiosk, { type: "shown_as" }>;
export type Location = Extract<FromKiosk, { type: "location" }>;
export type ScanState = Extract<FromKiosk, { type: "scan_state" }>;

/** Returns the kiosk's message, or null when the text is none of this channel. */
export function parseFromKiosk(text: string): FromKiosk | null {
  return parsed(FromKioskSchema, text);
}

/** Returns the agent's message, or null: for tests of the shared examples. */
export function parseFromAgent(text: string): FromAgent | null {
  return parsed(FromAgentSchema, text);
}

function parsed<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | null {
  if (text.length > CONTROL_LIMIT_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}
