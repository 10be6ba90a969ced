import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { parseFromAgent, parseFromKiosk } from "../../../src/core/wire/control.ts";
import { parseFromServer } from "../../../src/core/wire/counter.ts";
import {
  KeysOffered,
  KeysState,
  OutcomeNoted,
  PageList,
  PageListed,
} from "../../../src/core/wire/http.ts";

const folder = resolve(import.meta.dirname, "../../../../wire/examples");
const files = existsSync(folder) ? readdirSync(folder) : [];
const read = (file: string): string => readFileSync(resolve(folder, file), "utf8");
const named = (start: string): string[] =>
  files.filter((file) => file.startsWith(start) && file.endsWith(".json"));

describe("shared examples of the control channel", () => {
  it.each(named("control_"))("%s is one of its messages, and means the same here", (file) => {
    const message = parseFromKiosk(read(file)) ?? parseFromAgent(read(file));
    expect(message).not.toBeNull();
    expect(message).toMatchObject(JSON.parse(read(file)));
  });

  it("refuses a message of an unknown type", () => {
    expect(parseFromKiosk('{"type":"obey","id":1}')).toBeNull();
    expect(parseFromKiosk("no JSON")).toBeNull();
  });

  it("refuses a message that is too large", () => {
    const done = { type: "done", id: 1, ok: true, code: "done", message: "x".repeat(17_000) };
    expect(parseFromKiosk(JSON.stringify(done))).toBeNull();
  });
});

const FROM_SERVER = new Set([
  "seat_taken",
  "time_told",
  "peer",
  "relayed",
  "fact_told",
  "page_arrived",
  "refused",
]);

describe("shared examples of the counter's link", () => {
  it.each(named("counter_"))("%s means the same here", (file) => {
    const value: { type: string } = JSON.parse(read(file));
    const message = parseFromServer(read(file));
    if (FROM_SERVER.has(value.type)) expect(message).toMatchObject(value);
    else expect(message).toBeNull();
  });

  it("ignores fields that it does not know", () => {
    const text = '{"type":"time_told","sent":1,"now":2,"later":3}';
    expect(parseFromServer(text)).toEqual({ type: "time_told", sent: 1, now: 2 });
  });
});

const BODIES: Readonly<Record<string, v.GenericSchema>> = {
  keys_offered: KeysOffered,
  keys_state: KeysState,
  page_listed: PageListed,
  page_list: PageList,
  outcome_noted: OutcomeNoted,
};

describe("shared examples of HTTP bodies", () => {
  it.each(named("http_"))("%s is read here when it is for this page", (file) => {
    const value: { type?: string } = JSON.parse(read(file));
    const schema = BODIES[value.type ?? file.replace(/^http_|\.json$/g, "")];
    if (schema !== undefined) expect(v.safeParse(schema, value).success).toBe(true);
  });
});
