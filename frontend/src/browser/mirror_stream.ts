/**
 * The mirror's bytes: each message begins with its epoch, then raw deflate; a new epoch is a new
 * compression context and a new picture. What comes out is lines of JSON.
 */

export interface MirrorHooks {
  onEpoch(): void;
  onLine(line: string): void;
  onBroken(): void;
}

export interface MirrorStream {
  push(data: ArrayBuffer): void;
  close(): void;
}

export function readMirror(hooks: MirrorHooks): MirrorStream {
  let epoch = -1;
  let writer: WritableStreamDefaultWriter<BufferSource> | null = null;

  const start = (): void => {
    const stream = new DecompressionStream("deflate-raw");
    const mine = stream.writable.getWriter();
    writer = mine;
    const isCurrent = () => writer === mine;
    void readLines(stream.readable, (line) => {
      if (isCurrent()) hooks.onLine(line);
    }).catch(() => {
      if (!isCurrent()) return;
      writer = null;
      hooks.onBroken();
    });
  };

  const stop = (): void => {
    const old = writer;
    writer = null;
    void old?.abort().catch(() => undefined);
  };

  return {
    push(data) {
      const bytes = new Uint8Array(data);
      const first = bytes[0];
      if (first === undefined) return;
      if (first !== epoch) {
        stop();
        epoch = first;
        hooks.onEpoch();
        start();
      }
      // A broken stream is told once, by its reader.
      void writer?.write(bytes.subarray(1)).catch(() => undefined);
    },
    close() {
      stop();
      epoch = -1;
    },
  };
}

async function readLines(
  readable: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = readable.getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
  }
}
