/** Says prompts one after the other. */

import { bytesOf } from "./bytes.ts";

export interface Speaker {
  /** `wav` is base64. `onSpoken` follows once it has been heard whole, and only then. */
  speak(id: number, wav: string): void;
}

export function openSpeaker(onSpoken: (id: number) => void): Speaker {
  let context: AudioContext | null = null;
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;

  const say = async (id: number, wav: string) => {
    context ??= new AudioContext();
    if (context.state === "suspended") await context.resume();
    const sound = await context.decodeAudioData(bytesOf(wav).buffer);
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(context.destination);
    await new Promise<void>((resolve) => {
      source.addEventListener("ended", () => resolve());
      source.start();
    });
    onSpoken(id);
  };

  /** A context that runs keeps the loudspeaker open and plays silence into it, all day. */
  const rest = async () => {
    waiting -= 1;
    if (waiting === 0) await context?.suspend();
  };

  return {
    speak(id, wav) {
      // A prompt that cannot be played is not answered: leave by voice then stays impossible,
      // and the buttons on the screen remain.
      waiting += 1;
      queue = queue
        .then(() => say(id, wav))
        .catch(() => undefined)
        .then(rest)
        .catch(() => undefined);
    },
  };
}
