/** Parsing where a message enters: one size limit, JSON, then a valibot schema. */

import type { BaseIssue, BaseSchema, InferOutput } from "valibot";
import { safeParse } from "valibot";

/** Largest message on the counter's WebSocket, as `LINK_LIMIT_BYTES` in wire/message.py. */
export const LINK_LIMIT_BYTES = 65_536;

/** Largest message on the control data channel, as `CONTROL_LIMIT_BYTES` in wire/message.py. */
export const CONTROL_LIMIT_BYTES = 16_384;

/** Largest message between daemon and stage: a spoken sentence as WAV in base64 has to fit. */
export const STAGE_LIMIT_BYTES = 8_388_608;

export type Refusal = "too_large" | "malformed" | "unknown";

export type Parsed<T> =
  | { readonly ok: true; readonly message: T }
  | { readonly ok: false; readonly code: Refusal; readonly reason: string };

type Schema = BaseSchema<unknown, unknown, BaseIssue<unknown>>;

/**
 * The message that `text` holds, or why it is none: `too_large` above `limitBytes`, `malformed`
 * when it is not JSON, `unknown` when its type or a field is not of this channel.
 */
export function parseMessage<S extends Schema>(
  schema: S,
  text: string,
  limitBytes: number,
): Parsed<InferOutput<S>> {
  const sizeBytes = utf8Length(text);
  if (sizeBytes > limitBytes) {
    const reason = `Message trop grand : ${sizeBytes} octets, limite ${limitBytes}.`;
    return { ok: false, code: "too_large", reason };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, code: "malformed", reason: "Message illisible : ce n’est pas du JSON." };
  }
  return checkMessage(schema, value);
}

/** The same for a value that is already decoded, such as the signal inside a `Relayed`. */
export function checkMessage<S extends Schema>(schema: S, value: unknown): Parsed<InferOutput<S>> {
  const result = safeParse(schema, value);
  if (result.success) return { ok: true, message: result.output };
  const issue = result.issues[0];
  const where = issue.path?.map((item) => String(item.key)).join(".") ?? "";
  const reason = `Message inconnu ou incomplet : ${issue.message}${where ? ` (${where})` : ""}`;
  return { ok: false, code: "unknown", reason };
}

/** Bytes of `text` as UTF-8 (a lone surrogate counts three, as its replacement does). */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
