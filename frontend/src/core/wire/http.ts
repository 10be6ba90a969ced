/** Bodies of the few HTTP requests of the agent's pages, as `wire/src/cordee_wire/http.py`. */
import * as v from "valibot";

/** Kept whole (its `type` too), since it is passed on as it came. */
export const Certificate = v.looseObject({ body: v.string(), signature: v.string() });
export type Certificate = v.InferOutput<typeof Certificate>;

/** What a certificate's `body` says (base64url of JSON). */
export const CertificateBody = v.object({
  kind: v.picklist(["agent", "recovery"]),
  partner: v.string(),
  holder: v.string(),
  recipient: v.string(),
  verify_key: v.nullable(v.string()),
  not_before: v.number(),
  not_after: v.number(),
  serial: v.string(),
});
export type CertificateBody = v.InferOutput<typeof CertificateBody>;

export const KeysOffered = v.object({
  type: v.literal("keys_offered"),
  recipient: v.string(),
  verify_key: v.string(),
  proof: v.string(),
});
export type KeysOffered = v.InferOutput<typeof KeysOffered>;

export const KeysState = v.object({
  state: v.picklist(["none", "pending", "certified", "expired"]),
  agent: v.string(),
  recipient: v.optional(v.string(), ""),
  verify_key: v.optional(v.string(), ""),
  certificate: v.optional(v.nullable(Certificate), null),
  expires_at: v.optional(v.nullable(v.number()), null),
  is_renewal_due: v.optional(v.boolean(), false),
  is_renewal_asked: v.optional(v.boolean(), false),
});
export type KeysState = v.InferOutput<typeof KeysState>;

export const PageListed = v.object({
  page: v.string(),
  size_bytes: v.number(),
  sha256: v.string(),
  state: v.picklist(["arriving", "whole", "acknowledged", "purged"]),
  received_at: v.number(),
});
export type PageListed = v.InferOutput<typeof PageListed>;

export const PageList = v.object({ pages: v.array(PageListed) });
export type PageList = v.InferOutput<typeof PageList>;

export const OutcomeNoted = v.object({ type: v.literal("outcome_noted"), outcome: v.string() });
export type OutcomeNoted = v.InferOutput<typeof OutcomeNoted>;

/** What the server says when it refuses a request. */
export const Problem = v.object({ code: v.string(), message: v.string() });
export type Problem = v.InferOutput<typeof Problem>;
