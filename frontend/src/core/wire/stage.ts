/** Daemon and stage, both ways; mirrors wire/stage.py. */

import * as v from "valibot";
import { type Parsed, parseMessage, STAGE_LIMIT_BYTES } from "./parse.ts";

export const VIEWS = [
  "idle",
  "welcome",
  "countdown",
  "call",
  "late",
  "apology",
  "thanks",
  "trouble",
] as const;

const text = v.optional(v.string(), "");
const number = v.optional(v.number(), 0);
const flag = v.optional(v.boolean(), false);

export const iceServerSchema = v.object({
  type: v.optional(v.literal("ice_server"), "ice_server"),
  urls: v.array(v.string()),
  username: v.optional(v.nullable(v.string())),
  credential: v.optional(v.nullable(v.string())),
});

export const showSchema = v.object({
  type: v.literal("show"),
  view: v.picklist(VIEWS),
  now: v.number(),
  site: v.string(),
  phone: v.string(),
  visit: text,
  starts_at: number,
  ends_at: number,
  citizen: text,
  agent: text,
  partner: text,
  reason: text,
  code: text,
  line: v.optional(v.string(), "good"),
  guest: flag,
  guest_host: text,
  guest_secure: flag,
  grants: v.optional(v.array(v.string()), []),
  request: number,
  request_act: text,
  request_state: text,
  scanning: text,
  ask_end: flag,
  note: text,
  next_at: number,
  camera_covered: flag,
  tool: text,
  camera_for: text,
  secret: number,
  secret_kind: text,
  secret_pad: text,
  secret_typed: number,
  attaching: number,
  attaching_picture: text,
  zone: v.optional(v.string(), "Europe/Paris"),
  lang: v.optional(v.string(), "fr"),
});

export const toStageSchema = v.variant("type", [
  showSchema,
  v.object({
    type: v.literal("negotiate"),
    visit: v.string(),
    instance: v.string(),
    to: v.string(),
    ice_servers: v.array(iceServerSchema),
    relay_only: v.boolean(),
  }),
  v.object({ type: v.literal("signal_in"), signal: v.string() }),
  v.object({ type: v.literal("open_camera") }),
  v.object({ type: v.literal("go_live") }),
  v.object({ type: v.literal("hold") }),
  v.object({ type: v.literal("hang_up") }),
  v.object({ type: v.literal("speak"), id: v.number(), text: v.string(), wav: v.string() }),
  v.object({ type: v.literal("send_control"), text: v.string() }),
  v.object({ type: v.literal("send_mirror"), data: v.string() }),
  v.object({ type: v.literal("send_bulk"), data: v.string() }),
  v.object({ type: v.literal("draw_picture"), jpeg: v.string() }),
  v.object({ type: v.literal("end_picture") }),
]);

const colour = v.array(v.number());

export const fromStageSchema = v.variant("type", [
  v.object({ type: v.literal("stage_ready") }),
  v.object({
    type: v.literal("hole_moved"),
    left: v.number(),
    top: v.number(),
    width: v.number(),
    height: v.number(),
  }),
  v.object({ type: v.literal("signal_out"), signal: v.string() }),
  v.object({
    type: v.literal("call_state"),
    connection: v.string(),
    control: v.string(),
    instance: v.optional(v.string(), ""),
  }),
  v.object({
    type: v.literal("camera_state"),
    state: v.string(),
    colour: v.optional(colour, []),
  }),
  v.object({ type: v.literal("went_live") }),
  v.object({ type: v.literal("face_decoded"), at: v.number(), colour }),
  v.object({ type: v.literal("touched"), what: v.string(), request: number }),
  v.object({ type: v.literal("secret_typed"), field: v.number(), text, key: text }),
  v.object({ type: v.literal("spoken"), id: v.number() }),
  v.object({ type: v.literal("control_arrived"), text: v.string() }),
  v.object({
    type: v.literal("line_measured"),
    up_bps: v.number(),
    rtt_ms: v.number(),
    lost: v.number(),
    room_bps: v.optional(v.number(), 0),
    picture: v.optional(v.string(), "shown"),
    mirror_waits: v.optional(v.boolean(), false),
  }),
  v.object({ type: v.literal("bulk_got"), ms: v.number() }),
  v.object({ type: v.literal("mirror_heard"), epoch: v.number(), bytes: v.number() }),
]);

export type View = (typeof VIEWS)[number];
export type Show = v.InferOutput<typeof showSchema>;
export type ToStage = v.InferOutput<typeof toStageSchema>;
export type Negotiate = Extract<ToStage, { type: "negotiate" }>;
export type Speak = Extract<ToStage, { type: "speak" }>;
export type FromStage = v.InferOutput<typeof fromStageSchema>;

/** What the citizen can touch. */
export type Touch = "yes" | "no" | "stop" | "end_yes" | "end_no" | "not_now";

export function parseToStage(json: string): Parsed<ToStage> {
  return parseMessage(toStageSchema, json, STAGE_LIMIT_BYTES);
}
