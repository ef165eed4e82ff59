import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { importLimits, RefusedFile } from '../outcome.ts';

interface Part { readonly method: number; readonly at: number; readonly packedBytes: number; readonly unpackedBytes: number }
export type ZipParts = ReadonlyMap<string, Part>;

/**
 * Reads a zip's central directory (PKWARE APPNOTE 4.3) and refuses a bomb before anything is unpacked. What a part
 * declares is its ceiling: more than that is never unpacked.
 * @throws RefusedFile
 */
export function openZip(file: Buffer): ZipParts {
  const end = endOfDirectory(file);
  const entries = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  // 0xffff… announces zip64, which no workbook of an allowed size needs.
  if (entries > importLimits.zipEntries || at === 0xffff_ffff) throw new RefusedFile('unpacksTooLarge');
  const parts = new Map<string, Part>();
  let unpackedInAll = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x0201_4b50) throw new RefusedFile('damagedFile');
    const [packedBytes, unpackedBytes, nameBytes] = [file.readUInt32LE(at + 20), file.readUInt32LE(at + 24), file.readUInt16LE(at + 28)];
    if (unpackedBytes === 0xffff_ffff) throw new RefusedFile('unpacksTooLarge');
    unpackedInAll += unpackedBytes;
    const isBomb = unpackedBytes > importLimits.smallPartBytes && unpackedBytes > packedBytes * importLimits.packedTimes;
    if (unpackedInAll > importLimits.unpackedBytes || isBomb) throw new RefusedFile('unpacksTooLarge');
    // Some writers part folders with a backslash.
    const name = file.toString('utf8', at + 46, at + 46 + nameBytes).replaceAll('\\', '/').toLowerCase();
    parts.set(name, { method: file.readUInt16LE(at + 10), at: file.readUInt32LE(at + 42), packedBytes, unpackedBytes });
    at += 46 + nameBytes + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return parts;
}

function endOfDirectory(file: Buffer): number {
  const farthest = Math.max(0, file.length - 22 - 0xffff);
  for (let at = file.length - 22; at >= farthest; at--) if (file.readUInt32LE(at) === 0x0605_4b50) return at;
  throw new RefusedFile('damagedFile');
}

function packed(file: Buffer, { at, method, packedBytes }: Part): Buffer {
  if (at + 30 > file.length || file.readUInt32LE(at) !== 0x0403_4b50 || (method !== 0 && method !== 8)) throw new RefusedFile('damagedFile');
  const from = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
  if (from + packedBytes > file.length) throw new RefusedFile('damagedFile');
  return file.subarray(from, from + packedBytes);
}

/** A small part as text; undefined when the zip does not have it. @throws RefusedFile */
export function readPart(file: Buffer, parts: ZipParts, name: string): string | undefined {
  const part = parts.get(name.toLowerCase());
  if (part === undefined) return undefined;
  if (part.unpackedBytes > importLimits.smallPartBytes) throw new RefusedFile('unpacksTooLarge');
  const content = packed(file, part);
  if (part.method === 0) return decoderFor(content).decode(content);
  try {
    const unpacked = inflateRawSync(content, { maxOutputLength: Math.max(1, part.unpackedBytes) });
    return decoderFor(unpacked).decode(unpacked);
  } catch (error) {
    throw new RefusedFile('damagedFile', error);
  }
}

/** A large part as pieces of text, unpacked only as fast as they are taken. @throws RefusedFile */
export async function* streamPart(file: Buffer, parts: ZipParts, name: string): AsyncGenerator<string, void, undefined> {
  const part = parts.get(name.toLowerCase());
  if (part === undefined) throw new RefusedFile('damagedFile');
  const content = packed(file, part);
  const inflate = createInflateRaw({ chunkSize: 128 * 1024 });
  if (part.method === 8) inflate.end(content);
  const source: AsyncIterable<Buffer> = part.method === 8 ? inflate : Readable.from([content]);
  let decoder: TextDecoder | undefined;
  let unpackedBytes = 0;
  try {
    for await (const piece of source) {
      unpackedBytes += piece.length;
      if (unpackedBytes > part.unpackedBytes) throw new RefusedFile('damagedFile');
      decoder ??= decoderFor(piece);
      yield decoder.decode(piece, { stream: true });
    }
  } catch (error) {
    throw error instanceof RefusedFile ? error : new RefusedFile('damagedFile', error);
  }
}

/** XML is UTF-8 unless a mark says UTF-16. */
const decoderFor = (bytes: Uint8Array): TextDecoder => new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8');
