/** What trying a computer has found, and what it means for a call. */

export const WAYS = ["web", "udp", "tcp", "tls"] as const;
export type Way = (typeof WAYS)[number];
export type Result = "trying" | "ok" | "bad";

export interface Flow {
  readonly way: Way;
  /** Protocol, port and host, as a firewall's keeper reads them. */
  readonly label: string;
  readonly result: Result;
}

export interface Trial {
  readonly camera: Result;
  readonly flows: readonly Flow[];
}

export type Verdict =
  | "trying"
  /** Pages and calls pass the best way. */
  | "ready"
  /** There is no relay: a call passes where both ends reach each other. */
  | "direct"
  /** A call passes, but not by the best way. */
  | "narrow"
  /** No way to the relay: most calls fail. */
  | "walled"
  /** The page itself cannot speak with the server. */
  | "cut"
  | "deaf";

/** Returns the verdict, and the labels of the flows that the IT department should open. */
export function judge({ camera, flows }: Trial): { verdict: Verdict; wanted: readonly string[] } {
  const bad = flows.filter(({ result }) => result === "bad");
  const wanted = bad.map(({ label }) => label);
  if (camera === "trying" || flows.some(({ result }) => result === "trying")) {
    return { verdict: "trying", wanted: [] };
  }
  if (bad.some(({ way }) => way === "web")) return { verdict: "cut", wanted };
  const relays = flows.filter(({ way }) => way !== "web");
  const open = relays.filter(({ result }) => result === "ok");
  if (relays.length > 0 && open.length === 0) return { verdict: "walled", wanted };
  if (camera === "bad") return { verdict: "deaf", wanted };
  if (relays.length === 0) return { verdict: "direct", wanted };
  const best = relays.some(({ way }) => way === "udp") ? "udp" : open[0]?.way;
  const isBest = open.some(({ way }) => way === best);
  return isBest ? { verdict: "ready", wanted: [] } : { verdict: "narrow", wanted };
}

export function isWay(text: string): text is Way {
  return (WAYS as readonly string[]).includes(text);
}
