/**
 * modesl's Parser inside a guard. It is fed one whole frame at a time, so that it never waits for a rest; a `%` in
 * Reply-Text, which makes it throw a URIError, is escaped first (FreeSWITCH does not percent-encode outer headers);
 * what it cannot read becomes `undefined` and a fresh parser, never an exception.
 */
import { EventEmitter } from 'node:events';
import Event from 'modesl/lib/esl/Event.js';
import Parser from 'modesl/lib/esl/Parser.js';
import type { Frame } from './frames.ts';

const EMPTY_LINE = Buffer.from('\n\n');

export class GuardedParser {
  #feed = new EventEmitter();
  #event: Event | undefined;
  #failed = false;

  constructor() {
    this.#renew();
  }

  /** The frame as modesl's Event, or `undefined` when it is garbled. */
  read(frame: Extract<Frame, { body: Buffer }>): Event | undefined {
    this.#event = undefined;
    this.#failed = false;
    try {
      const head = frame.head.includes('%') ? frame.head.replaceAll('%', '%25') : frame.head;
      this.#feed.emit('data', Buffer.concat([Buffer.from(head), EMPTY_LINE, frame.body]));
    } catch {
      this.#failed = true;
    }
    if (!this.#failed && this.#event !== undefined) return this.#event;
    this.#renew();
    return undefined;
  }

  #renew(): void {
    this.#feed = new EventEmitter();
    const parser = new Parser(this.#feed);
    parser.on('esl::event', (event) => { this.#event = event; });
    parser.on('error', () => { this.#failed = true; });
  }
}
