/**
 * RESP2, the wire protocol of Redis. Bytes travel as latin1 strings: each character is one byte, so nothing is lost
 * or changed, whatever the client's encoding is.
 */

export type Reply = string | number | null | SimpleString | ReplyError | readonly Reply[];
export interface SimpleString {
  readonly simple: string;
}
export interface ReplyError {
  readonly error: string;
}

export const ok: SimpleString = { simple: 'OK' };
export const failure = (error: string): ReplyError => ({ error });

export function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if ('simple' in reply) return `+${reply.simple}\r\n`;
  if ('error' in reply) return `-${reply.error.replace(/[\r\n]+/g, ' ')}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
}

export interface Limits {
  readonly maxArguments: number;
  readonly maxBulkBytes: number;
  readonly maxLineBytes: number;
}
export const defaultLimits: Limits = { maxArguments: 65_536, maxBulkBytes: 16 * 1024 * 1024, maxLineBytes: 65_536 };

/** The peer does not speak RESP, or asks for more than we hold. The connection ends with it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const cr = 13;
const lf = 10;

/** Takes bytes as they come, split anywhere, and gives whole commands. */
export class CommandParser {
  private chunks: Buffer[] = [];
  private bytes = 0;
  /** Parsing again is pointless before this many bytes are here; keeps a large value from being scanned chunk by chunk. */
  private wanted = 1;
  private readonly limits: Limits;

  constructor(limits: Limits = defaultLimits) {
    this.limits = limits;
  }

  push(chunk: Buffer): string[][] {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes < this.wanted) return [];
    const data = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const commands: string[][] = [];
    let at = 0;
    for (;;) {
      const parsed = this.parse(data, at);
      if (typeof parsed === 'number') {
        this.wanted = parsed - at;
        break;
      }
      at = parsed.end;
      if (parsed.command.length > 0) commands.push(parsed.command);
      if (at >= data.length) {
        this.wanted = 1;
        break;
      }
    }
    const rest = data.subarray(at);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.bytes = rest.length;
    return commands;
  }

  /** One command and where it ends, or the least length that the data must have before it is worth looking again. */
  private parse(data: Buffer, start: number): { command: string[]; end: number } | number {
    if (start >= data.length) return data.length + 1;
    if (data[start] !== 0x2a) return this.parseInline(data, start);
    const header = this.line(data, start);
    if (header === undefined) return data.length + 1;
    const count = this.length(header.text.slice(1), this.limits.maxArguments, 'multibulk length');
    const command: string[] = [];
    let at = header.end;
    let total = 0;
    for (let index = 0; index < count; index += 1) {
      const bulk = this.line(data, at);
      if (bulk === undefined) return data.length + 1;
      if (!bulk.text.startsWith('$')) throw new ProtocolError(`expected '$', got '${bulk.text.slice(0, 1)}'`);
      const size = this.length(bulk.text.slice(1), this.limits.maxBulkBytes, 'bulk length');
      total += size;
      if (size < 0 || total > this.limits.maxBulkBytes) throw new ProtocolError('invalid bulk length');
      const end = bulk.end + size;
      if (data.length < end + 2) return end + 2;
      if (data[end] !== cr || data[end + 1] !== lf) throw new ProtocolError('a bulk string does not end where it said');
      command.push(data.toString('latin1', bulk.end, end));
      at = end + 2;
    }
    return { command, end: at };
  }

  /** What a person types with netcat: words on a line. */
  private parseInline(data: Buffer, start: number): { command: string[]; end: number } | number {
    const line = this.line(data, start);
    if (line === undefined) return data.length + 1;
    return { command: line.text.split(/\s+/).filter(Boolean), end: line.end };
  }

  private line(data: Buffer, start: number): { text: string; end: number } | undefined {
    const end = data.indexOf(lf, start);
    if ((end === -1 ? data.length : end) - start > this.limits.maxLineBytes) throw new ProtocolError('too big a line');
    if (end === -1) return undefined;
    return { text: data.toString('latin1', start, data[end - 1] === cr && end > start ? end - 1 : end), end: end + 1 };
  }

  private length(text: string, most: number, what: string): number {
    if (!/^-?[0-9]{1,10}$/.test(text) || Number(text) > most) throw new ProtocolError(`invalid ${what}`);
    return Number(text);
  }
}
