/** Sends one change of the week, and reads what the server says of it. */
import * as v from "valibot";

const Fields = v.record(v.string(), v.union([v.string(), v.number()]));
const Answer = v.object({
  said: v.optional(v.string(), ""),
  undo: v.optional(v.nullable(Fields), null),
  goto: v.optional(v.string(), ""),
});

export type Act = Readonly<v.InferOutput<typeof Fields>>;
export interface Said extends Readonly<v.InferOutput<typeof Answer>> {
  readonly isKept: boolean;
}

/** Returns what the server says; null when no answer came that can be read. */
export async function send(address: string, act: Act): Promise<Said | null> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(act)) body.set(name, String(value));
  const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token ?? "" },
    });
    if (!answer.ok && answer.status !== 422) return null;
    return { ...v.parse(Answer, await answer.json()), isKept: answer.ok };
  } catch {
    return null;
  }
}
