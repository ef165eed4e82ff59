/** 0 (silence) to 5, told only when it changes. */
export function watchLevel(stream: MediaStream, muted: () => boolean, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  // After a reload nothing may run before a gesture.
  const wake = () => void context.resume().catch(() => undefined);
  const gestures = ['pointerdown', 'keydown'] as const;
  for (const kind of gestures) addEventListener(kind, wake);
  wake();
  const samples = new Float32Array(analyser.fftSize);
  let last = -1;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const level = muted() ? 0 : levelOf(samples);
    if (level !== last) tell((last = level));
  }, 120);
  return () => {
    clearInterval(timer);
    for (const kind of gestures) removeEventListener(kind, wake);
    void context.close().catch(() => undefined);
  };
}

/** Steps of about 8 dB below full scale, as ears hear them. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-9);
  return Math.max(0, Math.min(5, Math.ceil((decibels + 52) / 8)));
}

export async function openMicrophone(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: false });
}
