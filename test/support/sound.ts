import { readFileSync } from 'node:fs';

export interface Sound {
  readonly rate: number; readonly channels: number; readonly samples: Int16Array;
  /** By the samples that are there, and by what the header says: the same once the file is closed. */
  readonly durationMs: number; readonly headerMs: number;
}

/** A wav file as FreeSWITCH writes it: 44 bytes of header, 16-bit PCM. */
export function readSound(file: string): Sound {
  const bytes = readFileSync(file);
  const [channels, rate] = [bytes.readUInt16LE(22), bytes.readUInt32LE(24)];
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length - (bytes.length % 2)));
  const msOf = (count: number) => Math.round((count / channels / rate) * 1000);
  return { rate, channels, samples, durationMs: msOf(samples.length), headerMs: msOf(bytes.readUInt32LE(40) / 2) };
}

/** Root mean square of a stretch, 0 to 32767; speech of the robots is about 2,000, silence below 10. */
export function loudness({ samples, rate, channels }: Pick<Sound, 'samples' | 'rate' | 'channels'>, fromMs = 0, toMs = Infinity): number {
  const at = (ms: number) => Math.min(samples.length, Math.round((ms / 1000) * rate) * channels);
  const part = samples.subarray(at(fromMs), at(toMs));
  return part.length === 0 ? 0 : Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
}

/** How much of one frequency is in a stretch (Goertzel), as the amplitude of a sine, 0 to 32767. */
export function toneIn({ samples, rate }: Pick<Sound, 'samples' | 'rate'>, hertz: number): number {
  const turn = (2 * Math.PI * hertz) / rate;
  let [re, im] = [0, 0];
  samples.forEach((sample, n) => {
    re += sample * Math.cos(turn * n);
    im += sample * Math.sin(turn * n);
  });
  return samples.length === 0 ? 0 : (2 * Math.hypot(re, im)) / samples.length;
}
