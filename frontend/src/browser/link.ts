/** The counter's WebSocket: opened again after every loss, always with the same instance. */
import { type FromCounter, type FromServer, parseFromServer } from "../core/wire/counter.ts";

export interface LinkHooks {
  onOpen(): void;
  onLost(): void;
  onMessage(message: FromServer): void;
}

export interface Link {
  send(message: FromCounter): void;
  close(): void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 1_000;
/** A line that was cut says nothing, and the browser waits for minutes: the hour is asked for. */
const ASK_AFTER_MS = 5_000;
const LOST_AFTER_MS = 15_000;

/** Opens the link to `address` (ws or wss) and keeps it open until `close`. */
export function openLink(address: string, hooks: LinkHooks): Link {
  let socket: WebSocket | null = null;
  let waitMs = FIRST_WAIT_MS;
  let timer = 0;
  let pulse = 0;
  let isOver = false;
  // What was said while the line was down: signals of a call that goes on without the server.
  let waiting: string[] = [];

  const connect = (): void => {
    const mine = new WebSocket(address);
    socket = mine;
    let heardAt = performance.now();
    const lost = (): void => {
      if (isOver || socket !== mine) return;
      socket = null;
      window.clearInterval(pulse);
      hooks.onLost();
      timer = window.setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
    const feel = (): void => {
      const quietMs = performance.now() - heardAt;
      if (quietMs >= LOST_AFTER_MS) {
        mine.close();
        lost();
      } else if (quietMs >= ASK_AFTER_MS && mine.readyState === WebSocket.OPEN) {
        mine.send(JSON.stringify({ type: "time_asked", sent: Date.now() / 1000 }));
      }
    };
    window.clearInterval(pulse);
    pulse = window.setInterval(feel, ASK_AFTER_MS);
    mine.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      hooks.onOpen();
      for (const text of waiting.splice(0)) mine.send(text);
    };
    mine.onmessage = ({ data }) => {
      if (socket !== mine) return;
      heardAt = performance.now();
      const message = typeof data === "string" ? parseFromServer(data) : null;
      if (message !== null) hooks.onMessage(message);
    };
    mine.onclose = lost;
  };
  connect();

  return {
    send(message) {
      const text = JSON.stringify(message);
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
      else if (message.type === "relayed") waiting = [...waiting, text].slice(-64);
    },
    close() {
      isOver = true;
      window.clearTimeout(timer);
      window.clearInterval(pulse);
      socket?.close();
    },
  };
}
