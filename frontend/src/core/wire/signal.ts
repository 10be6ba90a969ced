/** What the two ends of a call say before they can talk directly; mirrors wire/signal.py. */

import * as v from "valibot";
import { checkMessage, LINK_LIMIT_BYTES, type Parsed, parseMessage } from "./parse.ts";

export const certificateSchema = v.object({ body: v.string(), signature: v.string() });

export const descriptionSchema = v.object({
  type: v.literal("description"),
  kind: v.picklist(["offer", "answer"]),
  sdp: v.string(),
  fingerprint: v.string(),
  signature: v.string(),
  certificate: v.optional(v.nullable(v.looseObject(certificateSchema.entries))),
});

export const candidateSchema = v.object({
  type: v.literal("candidate"),
  candidate: v.string(),
  sdpMid: v.optional(v.nullable(v.string())),
  sdpMLineIndex: v.optional(v.nullable(v.number())),
  usernameFragment: v.optional(v.nullable(v.string())),
});

export const signalSchema = v.variant("type", [descriptionSchema, candidateSchema]);

export type Description = v.InferOutput<typeof descriptionSchema>;
export type Candidate = v.InferOutput<typeof candidateSchema>;
export type Signal = v.InferOutput<typeof signalSchema>;

export function parseSignal(text: string): Parsed<Signal> {
  return parseMessage(signalSchema, text, LINK_LIMIT_BYTES);
}

export function checkSignal(value: unknown): Parsed<Signal> {
  return checkMessage(signalSchema, value);
}
