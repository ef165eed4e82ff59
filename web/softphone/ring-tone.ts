/**
 * The ringing that the operator hears while a manager is called: the switch parks their leg in silence meanwhile, which
 * sounds like a lost line. 425 Hz, 1 s in 5 s (ITU-T E.180), made by the page itself and quieter than speech.
 */
export class RingTone {
  private context: AudioContext | null = null;

  set(on: boolean): void {
    if (on === (this.context !== null)) return;
    if (!on) {
      void this.context?.close().catch(() => undefined);
      this.context = null;
      return;
    }
    this.context = new AudioContext();
    const sampleRate = this.context.sampleRate;
    const period = this.context.createBuffer(1, sampleRate * 5, sampleRate);
    const samples = period.getChannelData(0);
    for (let i = 0; i < sampleRate; i += 1) samples[i] = 0.06 * Math.sin((2 * Math.PI * 425 * i) / sampleRate);
    const source = this.context.createBufferSource();
    source.buffer = period;
    source.loop = true;
    source.connect(this.context.destination);
    source.start();
  }
}
