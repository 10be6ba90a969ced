import { describe, expect, test } from "vitest";
import { type CallEvent, type CallState, NEW_CALL, stepCall } from "../../src/core/call.ts";

const changed = (connection: string): CallEvent => ({ type: "connection_changed", connection });
const run = (...steps: [CallEvent, number][]) =>
  steps.reduce<{ state: CallState; restarts: number[] }>(
    ({ state, restarts }, [event, now]) => {
      const [next, effects] = stepCall(state, event, now);
      return { state: next, restarts: effects.length > 0 ? [...restarts, now] : restarts };
    },
    { state: NEW_CALL, restarts: [] },
  );
const tick: CallEvent = { type: "ticked" };

describe("a call that loses its way", () => {
  test("waits two seconds for a short loss to mend by itself", () => {
    const { restarts, state } = run(
      [changed("connected"), 0],
      [changed("disconnected"), 10],
      [changed("connected"), 11],
      [tick, 12],
    );
    expect(restarts).toEqual([]);
    expect(state.deadline).toBeNull();
  });

  test("restarts after two seconds, then again every four", () => {
    const { restarts } = run(
      [changed("connected"), 0],
      [changed("disconnected"), 10],
      [tick, 11.9],
      [tick, 12],
      [tick, 14],
      [tick, 16],
    );
    expect(restarts).toEqual([12, 16]);
  });

  test("restarts at once when it has failed", () => {
    expect(run([changed("connected"), 0], [changed("failed"), 5]).restarts).toEqual([5]);
  });

  test("does nothing more once closed", () => {
    const { restarts, state } = run(
      [changed("connected"), 0],
      [changed("disconnected"), 1],
      [changed("closed"), 2],
      [tick, 9],
    );
    expect(restarts).toEqual([]);
    expect(state.deadline).toBeNull();
  });
});
