import { open, type FileHandle } from 'node:fs/promises';

/** A file that cannot be read as sound; trying again would not help. */
export class UnreadableWav extends Error {
  override readonly name = 'UnreadableWav';
}

export interface WavFile {
  /** Samples a second. */
  readonly rate: number;
  readonly channels: number;
  /** 16-bit samples, interleaved, `samplesAtOnce` per channel at a time; the last one may be shorter. */
  read(samplesAtOnce: number): AsyncGenerator<Int16Array, void, undefined>;
  close(): Promise<void>;
}

const HEADER_BYTES = 4_096;

/**
 * Opens 16-bit PCM in RIFF (Multimedia Programming Interface 1.0, 1991). The sound is what stands behind `data` up to the
 * file's end: the header's own length is written when the switch closes the file, which a killed one never did.
 */
export async function openWav(file: string): Promise<WavFile> {
  const handle = await open(file, 'r');
  try {
    const { format, dataAt } = await readHeader(handle);
    const { size } = await handle.stat();
    return {
      ...format,
      read: (samplesAtOnce) => readSamples(handle, dataAt, size, samplesAtOnce * format.channels * 2, format.channels * 2),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHeader(handle: FileHandle): Promise<{ format: { rate: number; channels: number }; dataAt: number }> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEADER_BYTES), position: 0 });
  const header = buffer.subarray(0, bytesRead);
  if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') throw new UnreadableWav('not a RIFF/WAVE file');
  let format: { rate: number; channels: number } | undefined;
  for (let at = 12; at + 8 <= header.length; ) {
    const kind = header.toString('latin1', at, at + 4);
    const length = header.readUInt32LE(at + 4);
    if (kind === 'fmt ' && at + 24 <= header.length) {
      const [coding, channels, rate, bits] = [header.readUInt16LE(at + 8), header.readUInt16LE(at + 10), header.readUInt32LE(at + 12), header.readUInt16LE(at + 22)];
      if (coding !== 1 || bits !== 16 || channels < 1 || channels > 2) throw new UnreadableWav(`not 16-bit PCM of one or two channels: coding ${coding}, ${bits} bits, ${channels} channels`);
      format = { rate, channels };
    }
    if (kind === 'data' && format) return { format, dataAt: at + 8 };
    at += 8 + length + (length % 2);
  }
  throw new UnreadableWav('no sound in the file');
}

async function* readSamples(handle: FileHandle, from: number, to: number, bytesAtOnce: number, frameBytes: number): AsyncGenerator<Int16Array, void, undefined> {
  for (let at = from; at < to; at += bytesAtOnce) {
    const chunk = Buffer.alloc(Math.min(bytesAtOnce, to - at));
    const { bytesRead } = await handle.read({ buffer: chunk, position: at });
    const whole = bytesRead - (bytesRead % frameBytes);
    if (whole > 0) yield new Int16Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + whole));
    if (bytesRead < chunk.length) return;
  }
}
