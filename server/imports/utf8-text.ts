/**
 * Text that grows, kept as UTF-8. A string put together piece by piece stays in those pieces until somebody reads it,
 * and the garbage collector carries each of them: thousands of rows are held for a tenth of that here.
 */
export class Utf8Text {
  private bytes: Buffer;
  private end = 0;

  /** @param size bytes to begin with */
  constructor(private readonly size = 256 * 1024) {
    this.bytes = Buffer.from(new ArrayBuffer(size));
  }

  /** Bytes so far. */
  get length(): number {
    return this.end;
  }

  add(text: string): void {
    // No UTF-16 unit takes more than three bytes.
    this.make(text.length * 3);
    this.end += this.bytes.write(text, this.end);
  }

  /** Bytes `from` to `to`, the last one not included, of another. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.make(to - from);
    this.bytes.set(source.subarray(from, to), this.end);
    this.end += to - from;
  }

  /** What was added, in a buffer that is nobody else's; begins anew. */
  take(): Uint8Array {
    if (this.end === 0) return new Uint8Array(0);
    const taken = this.bytes.subarray(0, this.end);
    this.bytes = Buffer.from(new ArrayBuffer(this.size));
    this.end = 0;
    return taken;
  }

  private make(room: number): void {
    if (this.end + room <= this.bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(this.bytes.length * 2, this.end + room)));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
