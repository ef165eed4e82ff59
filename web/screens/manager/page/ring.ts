/** The ring: two tones, one second, every three, and a phone's vibration. Made here, so that no file has to be loaded first. */
export class Ring {
  private readonly context: AudioContext | null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly onAloud: (aloud: boolean) => void;

  constructor(onAloud: (aloud: boolean) => void) {
    this.onAloud = onAloud;
    this.context = typeof AudioContext === 'undefined' ? null : new AudioContext();
    this.context?.addEventListener('statechange', () => this.tell());
    // Any touch will do; nobody has to find the button.
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, this.wake);
    this.wake();
  }

  readonly wake = (): void => void this.context?.resume().then(() => this.tell(), () => undefined);

  start(): void {
    if (this.timer !== undefined) return;
    this.once();
    this.timer = setInterval(() => this.once(), 3_000);
  }

  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    if (mayVibrate()) navigator.vibrate(0);
  }

  once(): void {
    if (mayVibrate()) navigator.vibrate([400, 200, 400]);
    const { context } = this;
    if (context?.state !== 'running') return;
    const start = context.currentTime;
    for (const [at, hertz] of [[0, 660], [0.25, 880], [0.5, 660], [0.75, 880]] as const) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.frequency.value = hertz;
      loudness.gain.setValueAtTime(0.0001, start + at);
      loudness.gain.exponentialRampToValueAtTime(0.3, start + at + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.24);
      tone.connect(loudness).connect(context.destination);
      tone.start(start + at);
      tone.stop(start + at + 0.25);
    }
  }

  close(): void {
    this.stop();
    for (const kind of ['pointerdown', 'keydown']) removeEventListener(kind, this.wake);
    void this.context?.close().catch(() => undefined);
  }

  private tell(): void { this.onAloud(this.context?.state === 'running'); }
}

/** Not every browser can, and none does before the page was touched. */
const mayVibrate = (): boolean => 'vibrate' in navigator && (navigator.userActivation?.hasBeenActive ?? false);
