/** What a line's values are, whatever a page has made of them: nothing here throws. */
import { isRecord } from "./replay_clean.ts";

export const SIDE_MOST_PX = 16_384;

export function indexes(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "number") : [];
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** A picture's width or height in CSS px, as far as a browser draws one. */
export function side(value: unknown): number {
  return Math.min(Math.max(Math.round(number(value)), 0), SIDE_MOST_PX);
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
