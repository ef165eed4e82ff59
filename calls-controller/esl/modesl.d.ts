/** modesl ships no types: just what is used of it, as its version 1.2.1 behaves. */
declare module 'modesl/lib/esl/Event.js' {
  export default class Event {
    headers: { name: string; value: string | number }[];
    type: string;
    body: string;
    getHeader(name: string): string | null;
    getBody(): string;
  }
}

declare module 'modesl/lib/esl/Parser.js' {
  import type { EventEmitter } from 'node:events';
  import type Event from 'modesl/lib/esl/Event.js';
  export default class Parser {
    constructor(socket: EventEmitter);
    on(name: 'esl::event', listener: (event: Event, headers: Record<string, unknown>, body?: string) => void): void;
    on(name: 'error', listener: (error: Error) => void): void;
    /** Turns a whole frame into an Event and emits it. */
    _parseEvent(headers: Record<string, string | number>, body?: string): void;
  }
}

declare module 'modesl' {
  import type Event from 'modesl/lib/esl/Event.js';
  namespace modesl {
    class Connection {
      constructor(host: string, port: number, password: string, ready?: () => void);
      on(name: string, listener: (event: Event) => void): void;
      events(type: string, events: readonly string[] | string, done?: () => void): void;
      disconnect(): void;
    }
  }
  export default modesl;
}
