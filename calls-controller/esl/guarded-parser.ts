/**
 * modesl's Parser and Event inside a guard. Frames are cut by us, so its own framing, which percent-decodes outer headers
 * that FreeSWITCH never encodes and throws a URIError at a bare `%`, is not used: it is handed whole frames. What it cannot
 * read becomes `undefined`, never an exception.
 */
import { EventEmitter } from 'node:events';
import type Event from 'modesl/lib/esl/Event.js';
import Parser from 'modesl/lib/esl/Parser.js';
import type { Frame } from './frames.ts';

function outerHeaders(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return headers;
}

export class GuardedParser {
  readonly #parser = new Parser(new EventEmitter());
  #event: Event | undefined;
  #failed = false;

  constructor() {
    this.#parser.on('esl::event', (event) => { this.#event = event; });
    this.#parser.on('error', () => { this.#failed = true; });
  }

  /** The frame as modesl's Event, or `undefined` when it is garbled. */
  read(frame: Extract<Frame, { body: Buffer }>): Event | undefined {
    this.#event = undefined;
    this.#failed = false;
    try {
      this.#parser._parseEvent(outerHeaders(frame.head), frame.body.toString('utf8'));
    } catch {
      return undefined;
    }
    return this.#failed ? undefined : this.#event;
  }
}
