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

/** Opens the link to `address` (ws or wss) and keeps it open until `close`. */
export function openLink(address: string, hooks: LinkHooks): Link {
  let socket: WebSocket | null = null;
  let waitMs = FIRST_WAIT_MS;
  let timer = 0;
  let isOver = false;
  // What was said while the line was down: signals of a call that goes on without the server.
  let waiting: string[] = [];

  const connect = (): void => {
    const mine = new WebSocket(address);
    socket = mine;
    mine.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      hooks.onOpen();
      for (const text of waiting.splice(0)) mine.send(text);
    };
    mine.onmessage = ({ data }) => {
      const message = typeof data === "string" ? parseFromServer(data) : null;
      if (message !== null) hooks.onMessage(message);
    };
    mine.onclose = () => {
      if (isOver || socket !== mine) return;
      socket = null;
      hooks.onLost();
      timer = window.setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
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
      socket?.close();
    },
  };
}
