/** A seat at a counter, for tests. */
import type { SeatTaken } from "../../src/core/wire/counter.ts";

export const seat: SeatTaken = {
  type: "seat_taken",
  now: 0,
  visit: "0123456789abcdef0123456789abcdef",
  starts_at: 1_800_000_000,
  ends_at: 1_800_002_700,
  citizen: "Madame Martin",
  reason: "Aide au logement",
  site: "Guillestre",
  phone: "04 92 00 00 00",
  agent: "Monsieur Blanc",
  kiosk_key: "",
  start_url: "https://allocations.example/logement",
  allowed_hosts: ["allocations.example"],
  ice_servers: [],
  relay_only: false,
  certificate: null,
  state: "booked",
};
