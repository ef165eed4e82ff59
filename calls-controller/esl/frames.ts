/**
 * Cuts the Event Socket's byte stream into frames: header lines, an empty line, then as many bytes as Content-Length says.
 * Whatever the peer sends, memory stays bounded: an over-long body is skipped and reported, an over-long header ends the link.
 */

/** Bytes. FreeSWITCH's own outer headers stay under 1 kB. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Bytes. `show channels as json` takes about 1.2 kB a channel. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Bytes. Beyond this even skipping would stall the link for too long. */
export const MAX_SKIP_BYTES = 64 * 1024 * 1024;

export type Frame =
  | { readonly head: string; readonly body: Buffer }
  /** The body was longer than MAX_BODY_BYTES and has been thrown away. */
  | { readonly head: string; readonly skippedBytes: number };

export class FrameError extends Error {}

const CONTENT_LENGTH = /^content-length:[ \t]*(\d{1,12})[ \t]*$/im;
const NEWLINE = 0x0a;

export class FrameCutter {
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes that must be held before another look is worth it. */
  #neededBytes = 0;
  #skipBytes = 0;

  /** Frames completed by this chunk. Throws FrameError when the stream cannot be followed any longer. */
  push(chunk: Buffer): Frame[] {
    const rest = this.#skip(chunk);
    if (rest.length === 0) return [];
    this.#chunks.push(rest);
    this.#heldBytes += rest.length;
    if (this.#heldBytes < this.#neededBytes) return [];
    const held = this.#chunks.length === 1 ? rest : Buffer.concat(this.#chunks, this.#heldBytes);
    const frames: Frame[] = [];
    let at = 0;
    this.#neededBytes = 0;
    for (;;) {
      while (held[at] === NEWLINE) at += 1;
      const headEnd = held.indexOf('\n\n', at, 'latin1');
      if (headEnd === -1) {
        if (held.length - at > MAX_HEAD_BYTES) throw new FrameError(`no end of a header within ${MAX_HEAD_BYTES} bytes`);
        break;
      }
      if (headEnd - at > MAX_HEAD_BYTES) throw new FrameError(`a header of ${headEnd - at} bytes`);
      const head = held.toString('utf8', at, headEnd);
      const bodyBytes = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
      const bodyAt = headEnd + 2;
      if (bodyBytes > MAX_SKIP_BYTES) throw new FrameError(`a body of ${bodyBytes} bytes`);
      if (bodyBytes > MAX_BODY_BYTES) {
        frames.push({ head, skippedBytes: bodyBytes });
        const present = Math.min(bodyBytes, held.length - bodyAt);
        this.#skipBytes = bodyBytes - present;
        at = bodyAt + present;
      } else if (held.length - bodyAt < bodyBytes) {
        this.#neededBytes = bodyAt - at + bodyBytes;
        break;
      } else {
        frames.push({ head, body: held.subarray(bodyAt, bodyAt + bodyBytes) });
        at = bodyAt + bodyBytes;
      }
    }
    const kept = held.subarray(at);
    this.#chunks = kept.length > 0 ? [kept] : [];
    this.#heldBytes = kept.length;
    return frames;
  }

  #skip(chunk: Buffer): Buffer {
    if (this.#skipBytes === 0) return chunk;
    const skipped = Math.min(this.#skipBytes, chunk.length);
    this.#skipBytes -= skipped;
    return chunk.subarray(skipped);
  }
}
