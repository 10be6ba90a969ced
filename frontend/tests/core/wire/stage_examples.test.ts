/// <reference types="node" />
import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkMessage, parseMessage, STAGE_LIMIT_BYTES } from "../../../src/core/wire/parse.ts";
import { parseSignal, signalSchema } from "../../../src/core/wire/signal.ts";
import { fromStageSchema, parseToStage, toStageSchema } from "../../../src/core/wire/stage.ts";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../wire/examples");
const examples = (start: string): [string, string][] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(start) && name.endsWith(".json"))
    .map((name) => [name, readFileSync(resolve(folder, name), "utf8")]);

describe("the stage speaks as the wire's examples do", () => {
  test.each(examples("stage_"))("%s", (_name, text) => {
    const toStage = parseMessage(toStageSchema, text, STAGE_LIMIT_BYTES);
    const either = toStage.ok ? toStage : parseMessage(fromStageSchema, text, STAGE_LIMIT_BYTES);
    expect(either).toEqual({ ok: true, message: JSON.parse(text) });
  });

  test.each(examples("signal_"))("%s", (_name, text) => {
    expect(parseSignal(text)).toEqual({ ok: true, message: JSON.parse(text) });
  });
});

describe("what is no message", () => {
  test("is named: too large, not JSON, unknown", () => {
    const code = (text: string) => {
      const parsed = parseToStage(text);
      return parsed.ok ? "ok" : parsed.code;
    };
    expect(code(`"${"é".repeat(STAGE_LIMIT_BYTES / 2)}"`)).toBe("too_large");
    expect(code("{")).toBe("malformed");
    expect(code('{"type":"dance"}')).toBe("unknown");
    expect(code('{"type":"send_control"}')).toBe("unknown");
    expect(code('{"type":"hold","more":1}')).toBe("ok");
  });

  test("a signal that is neither description nor candidate is refused", () => {
    expect(checkMessage(signalSchema, { type: "description", kind: "rollback" }).ok).toBe(false);
    expect(checkMessage(signalSchema, null).ok).toBe(false);
  });
});
