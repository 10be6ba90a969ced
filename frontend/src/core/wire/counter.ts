/**
 * What the counter and the server say over `/ws/counter/<visit>/`, as
 * `wire/src/cordee_wire/counter_link.py` and `kiosk_link.py` define it.
 */
import * as v from "valibot";
import { Certificate } from "./http.ts";

export const LINK_LIMIT_BYTES = 65_536;

const IceServer = v.looseObject({
  urls: v.array(v.string()),
  username: v.optional(v.nullable(v.string()), null),
  credential: v.optional(v.nullable(v.string()), null),
});
export type IceServer = v.InferOutput<typeof IceServer>;

const SeatTaken = v.object({
  type: v.literal("seat_taken"),
  now: v.number(),
  visit: v.string(),
  starts_at: v.number(),
  ends_at: v.number(),
  citizen: v.string(),
  reason: v.string(),
  site: v.string(),
  phone: v.string(),
  agent: v.string(),
  kiosk_key: v.string(),
  start_url: v.string(),
  allowed_hosts: v.array(v.string()),
  ice_servers: v.array(IceServer),
  relay_only: v.boolean(),
  certificate: v.nullable(Certificate),
  state: v.string(),
});
export type SeatTaken = v.InferOutput<typeof SeatTaken>;

const Relayed = v.object({
  type: v.literal("relayed"),
  visit: v.string(),
  instance: v.string(),
  to: v.string(),
  signal: v.record(v.string(), v.unknown()),
});
export type Relayed = v.InferOutput<typeof Relayed>;

const FromServerSchema = v.variant("type", [
  SeatTaken,
  v.object({ type: v.literal("time_told"), sent: v.number(), now: v.number() }),
  v.object({
    type: v.literal("peer"),
    visit: v.string(),
    role: v.string(),
    instance: v.nullable(v.string()),
  }),
  Relayed,
  v.object({
    type: v.literal("fact_told"),
    kind: v.string(),
    at: v.number(),
    detail: v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
  }),
  v.object({
    type: v.literal("page_arrived"),
    page: v.string(),
    size_bytes: v.number(),
    sha256: v.string(),
  }),
  v.object({
    type: v.literal("refused"),
    code: v.string(),
    message: v.string(),
    about: v.optional(v.string(), ""),
  }),
]);
export type FromServer = v.InferOutput<typeof FromServerSchema>;
export type PageArrived = Extract<FromServer, { type: "page_arrived" }>;
export type FactTold = Extract<FromServer, { type: "fact_told" }>;

export type FromCounter = { type: "time_asked"; sent: number } | Relayed;

/** Returns the server's message, or null when the text is none of this link. */
export function parseFromServer(text: string): FromServer | null {
  if (text.length > LINK_LIMIT_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const result = v.safeParse(FromServerSchema, value);
  return result.success ? result.output : null;
}
