/** The loudness of a microphone, and a soft tone to try the speaker. */

/** Calls `onLevel` with 0 to 1 about ten times a second; returns what ends it. */
export function watchLevel(stream: MediaStream, onLevel: (level: number) => void): () => void {
  if (stream.getAudioTracks().length === 0) return () => undefined;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = window.setInterval(() => {
    // Without a gesture the browser holds the context; it starts with the first one.
    if (context.state === "suspended") void context.resume();
    analyser.getFloatTimeDomainData(samples);
    const mean = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    onLevel(Math.min(1, Math.sqrt(mean) * 4));
  }, 100);
  return () => {
    window.clearInterval(timer);
    void context.close();
  };
}

const TONE_S = 0.9;

/** Plays one soft tone. */
export function playTone(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  const from = context.currentTime;
  tone.frequency.value = 523.25;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(0.25, from + 0.08);
  gain.gain.linearRampToValueAtTime(0, from + TONE_S);
  tone.connect(gain).connect(context.destination);
  tone.onended = () => void context.close();
  tone.start(from);
  tone.stop(from + TONE_S);
}
