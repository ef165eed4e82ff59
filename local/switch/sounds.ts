/** Sound as the practice line knows it: G.711 μ-law (PCMU), 8 kHz mono, in frames of 20 ms. */
import { readFileSync } from 'node:fs';

export const FRAME_MS = 20;
/** One byte a sample. */
export const FRAME_BYTES = 160;
const SAMPLES_PER_S = 8_000;
const MU_LAW_ZERO = 0xff;

/** Gives the next 20 ms. */
export type Sound = () => Buffer;

export const SILENCE = Buffer.alloc(FRAME_BYTES, MU_LAW_ZERO);
export const silence: Sound = () => SILENCE;

/** ITU-T G.711: 16-bit linear to μ-law. */
export function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

const wavs = new Map<string, Buffer>();

/** A RIFF/WAVE file of 16-bit mono 8 kHz, as freeswitch-conf/sounds has them. */
export function readWav(file: string): Buffer {
  const kept = wavs.get(file);
  if (kept !== undefined) return kept;
  const riff = readFileSync(file);
  let pcmu: Buffer | undefined;
  for (let at = 12; at + 8 <= riff.length; at += 8 + riff.readUInt32LE(at + 4) + (riff.readUInt32LE(at + 4) & 1)) {
    const name = riff.toString('latin1', at, at + 4);
    if (name === 'fmt ' && (riff.readUInt16LE(at + 8) !== 1 || riff.readUInt16LE(at + 10) !== 1 || riff.readUInt32LE(at + 12) !== SAMPLES_PER_S || riff.readUInt16LE(at + 22) !== 16))
      throw new Error(`${file} is not 16-bit mono at 8 kHz`);
    if (name !== 'data') continue;
    const samples = Math.min(riff.readUInt32LE(at + 4), riff.length - at - 8) >> 1;
    pcmu = Buffer.alloc(Math.ceil(samples / FRAME_BYTES) * FRAME_BYTES, MU_LAW_ZERO);
    for (let i = 0; i < samples; i += 1) pcmu[i] = muLaw(riff.readInt16LE(at + 8 + i * 2));
    break;
  }
  if (pcmu === undefined || pcmu.length === 0) throw new Error(`${file} has no sound`);
  wavs.set(file, pcmu);
  return pcmu;
}

/** The same sound over and over. */
export function endless(pcmu: Buffer): Sound {
  let at = 0;
  return () => {
    const frame = pcmu.subarray(at, at + FRAME_BYTES);
    at = (at + FRAME_BYTES) % pcmu.length;
    return frame;
  };
}

/** A sound, then silence. */
export function once(pcmu: Buffer): Sound {
  let at = 0;
  return () => {
    const frame = at < pcmu.length ? pcmu.subarray(at, at + FRAME_BYTES) : SILENCE;
    at += FRAME_BYTES;
    return frame;
  };
}

/** FreeSWITCH's teletone `%(on,off,hertz)`; anything else is silence. */
export function tone(teletone: string): Sound {
  const [, onMs, offMs, hertz] = /^%\((\d{1,5}),(\d{1,5}),(\d{2,4})\)$/.exec(teletone)?.map(Number) ?? [];
  if (onMs === undefined || offMs === undefined || hertz === undefined) return silence;
  const on = Math.round(onMs / FRAME_MS) * FRAME_BYTES;
  const whole = Buffer.alloc(on + Math.round(offMs / FRAME_MS) * FRAME_BYTES, MU_LAW_ZERO);
  for (let i = 0; i < on; i += 1) whole[i] = muLaw(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * i) / SAMPLES_PER_S)));
  return whole.length === 0 ? silence : endless(whole);
}
