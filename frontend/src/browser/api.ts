/** The server's few HTTP requests that the agent's pages make, with the session's cookie. */
import * as v from "valibot";
import {
  type KeysOffered,
  KeysState,
  type OutcomeNoted,
  PageList,
  type PageListed,
  Problem,
} from "../core/wire/http.ts";

/** The server refused or did not answer; `message` is plain French and may be shown. */
export class ApiRefused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function fetchKeys(): Promise<KeysState> {
  return v.parse(KeysState, await (await request("GET", "/api/keys")).json());
}

export async function offerKeys(offer: KeysOffered): Promise<KeysState> {
  return v.parse(KeysState, await (await request("POST", "/api/keys", offer)).json());
}

export async function fetchPages(visit: string): Promise<readonly PageListed[]> {
  const answer = await request("GET", `/api/visits/${visit}/pages`);
  return v.parse(PageList, await answer.json()).pages;
}

export async function fetchPage(page: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await request("GET", `/api/pages/${page}`);
  return new Uint8Array(await answer.arrayBuffer());
}

export async function acknowledgePage(page: string): Promise<void> {
  await request("POST", `/api/pages/${page}/acknowledge`, {});
}

export async function noteOutcome(visit: string, outcome: string): Promise<void> {
  const noted: OutcomeNoted = { type: "outcome_noted", outcome };
  await request("POST", `/api/visits/${visit}/outcome`, noted);
}

async function request(method: "GET" | "POST", path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method === "POST") {
    headers["X-CSRFToken"] = cookie("csrftoken");
    headers["Content-Type"] = "application/json";
  }
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new ApiRefused(0, "unreachable", "Le serveur ne répond pas.");
  }
  if (answer.ok) return answer;
  const problem = v.safeParse(Problem, await answer.json().catch(() => null));
  if (problem.success) {
    throw new ApiRefused(answer.status, problem.output.code, problem.output.message);
  }
  throw new ApiRefused(answer.status, "failed", `Le serveur a refusé (${answer.status}).`);
}

function cookie(name: string): string {
  for (const part of document.cookie.split("; ")) {
    if (part.startsWith(`${name}=`)) return decodeURIComponent(part.slice(name.length + 1));
  }
  return "";
}
