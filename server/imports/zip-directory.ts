import { importLimits, RefusedFile } from './outcome.ts';

/**
 * Looks at a zip's central directory (PKWARE APPNOTE 4.3) before anything is unpacked. The sizes that it declares are
 * a ceiling: the reader stops an entry that unpacks to more than its declaration.
 */
export function refuseBomb(file: Buffer): void {
  const end = endOfDirectory(file);
  const entries = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  // 0xffff… announces zip64, which no workbook of an allowed size needs.
  if (entries > importLimits.zipEntries || at === 0xffff_ffff) throw new RefusedFile('unpacksTooLarge');
  let unpackedBytes = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x0201_4b50) throw new RefusedFile('damagedFile');
    const packed = file.readUInt32LE(at + 20);
    const unpacked = file.readUInt32LE(at + 24);
    // An empty entry is two bytes when deflated; one that declares nothing and packs something hides its size.
    if (unpacked === 0xffff_ffff || (unpacked === 0 && packed > 2)) throw new RefusedFile('unpacksTooLarge');
    unpackedBytes += unpacked;
    if (unpackedBytes > importLimits.unpackedBytes) throw new RefusedFile('unpacksTooLarge');
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
}

function endOfDirectory(file: Buffer): number {
  const farthest = Math.max(0, file.length - 22 - 0xffff);
  for (let at = file.length - 22; at >= farthest; at--) if (file.readUInt32LE(at) === 0x0605_4b50) return at;
  throw new RefusedFile('damagedFile');
}
