/**
 * One inbound Event Socket: a socket of our own, modesl's Parser and Event behind a guard. It subscribes first and says
 * `up` afterwards, gives every command a deadline, asks for the status regularly so that a half-open socket is found
 * within 45 s, and reconnects with one timer. A loss is a fact, never an exception.
 */
import net from 'node:net';
import type Event from 'modesl/lib/esl/Event.js';
import { CommandQueue, type CommandOutcome } from './command-queue.ts';
import { SUBSCRIBED_KINDS } from './facts.ts';
import { FrameCutter, FrameError, type Frame } from './frames.ts';
import { GuardedParser } from './guarded-parser.ts';
import type { LinkFact } from './switch.ts';

/** What of a logger is needed; pino fits. */
export interface EslLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface EslTimings {
  readonly connectDeadlineMs: number;
  readonly commandDeadlineMs: number;
  readonly heartbeatEveryMs: number;
  readonly heartbeatDeadlineMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** FreeSWITCH's idle listener sleeps up to 20 ms; an empty line wakes it. */
  readonly wakeUpEveryMs: number;
}

export const DEFAULT_TIMINGS: EslTimings = {
  connectDeadlineMs: 5_000, commandDeadlineMs: 5_000, heartbeatEveryMs: 20_000, heartbeatDeadlineMs: 10_000,
  firstRetryMs: 250, longestRetryMs: 5_000, wakeUpEveryMs: 2,
};

export interface EslLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly log: EslLog;
  readonly timings?: Partial<EslTimings>;
  /** Without: commands only. */
  readonly subscribe?: boolean;
  readonly onEvent: (event: Event, receivedAt: number) => void;
  readonly onLink: (fact: LinkFact) => void;
}

// CR, LF end a line of the protocol, an empty one the command; NUL ends a C string.
const UNSAFE = /[\r\n\0]/;
/** Events held back between subscription and `up`. */
const MAX_EARLY_EVENTS = 10_000;

type State = 'idle' | 'connecting' | 'up' | 'waiting';

export class EslLink {
  readonly #options: EslLinkOptions;
  readonly #timings: EslTimings;
  readonly #commands = new CommandQueue(() => this.#askStatus());
  #state: State = 'idle';
  #socket: net.Socket | undefined;
  #cutter = new FrameCutter();
  #parser = new GuardedParser();
  #early: { event: Event; receivedAt: number }[] = [];
  #retryMs: number;
  #lastReason = '';
  #retryTimer: NodeJS.Timeout | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  #wakeUpTimer: NodeJS.Timeout | undefined;
  #asking = false;
  #busy = false;

  constructor(options: EslLinkOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#retryMs = this.#timings.firstRetryMs;
  }

  start(): void {
    if (this.#state === 'idle') this.#connect();
  }

  stop(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#state = 'idle';
    this.#release('stopped');
    if (socket === undefined || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      socket.destroy();
    });
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#setWakeUp();
  }

  /** Sends the lines of one command. Its reply, or `unknown` when there is none in time; refused lines are never sent. */
  command(lines: readonly string[], deadlineMs = this.#timings.commandDeadlineMs): Promise<CommandOutcome> {
    if (this.#state !== 'up') return Promise.resolve({ kind: 'unknown', reason: 'the link to the switch is down' });
    return this.#send(lines, deadlineMs);
  }

  #send(lines: readonly string[], deadlineMs: number): Promise<CommandOutcome> {
    if (lines.some((line) => line === '' || UNSAFE.test(line))) return Promise.resolve({ kind: 'reply', text: '-ERR refused: a line break in an argument' });
    const outcome = this.#commands.add(deadlineMs);
    this.#socket?.write(`${lines.join('\n')}\n\n`);
    return outcome;
  }

  #connect(): void {
    this.#state = 'connecting';
    this.#cutter = new FrameCutter();
    this.#parser = new GuardedParser();
    const socket = net.connect({ host: this.#options.host, port: this.#options.port, noDelay: true, keepAlive: true });
    this.#socket = socket;
    this.#connectTimer = setTimeout(() => this.#lose(socket, 'no greeting in time'), this.#timings.connectDeadlineMs);
    socket.on('data', (chunk) => this.#receive(socket, chunk));
    socket.on('error', (error) => this.#lose(socket, error.message));
    socket.on('end', () => this.#lose(socket, 'the switch closed the link'));
    socket.on('close', () => this.#lose(socket, 'the link was closed'));
  }

  #receive(socket: net.Socket, chunk: Buffer): void {
    if (socket !== this.#socket) return;
    const receivedAt = Date.now();
    try {
      for (const frame of this.#cutter.push(chunk)) {
        if (socket !== this.#socket) return;
        this.#take(socket, frame, receivedAt);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#lose(socket, `unreadable stream: ${error.message}`);
    }
  }

  #take(socket: net.Socket, frame: Frame, receivedAt: number): void {
    if ('skippedBytes' in frame) {
      this.#options.log.warn({ skippedBytes: frame.skippedBytes }, 'event socket: over-long frame skipped');
      if (/^content-type:\s*api\/response/im.test(frame.head)) this.#answer(socket, { kind: 'unknown', reason: `a reply of ${frame.skippedBytes} bytes` });
      return;
    }
    const event = this.#parser.read(frame);
    if (event === undefined) return this.#garbled(socket, frame);
    const type = event.getHeader('Content-Type');
    if (event.type !== undefined) this.#deliver(event, receivedAt);
    else if (type === 'command/reply') this.#answer(socket, { kind: 'reply', text: event.getHeader('Reply-Text') ?? '' });
    else if (type === 'api/response') this.#answer(socket, { kind: 'reply', text: event.getBody() });
    else if (type === 'auth/request') void this.#introduce(socket);
    else if (type === 'text/rude-rejection') this.#lose(socket, 'refused by the access list of the event socket');
    else if (type === 'text/disconnect-notice') this.#lose(socket, 'the switch said good-bye');
    else this.#garbled(socket, frame);
  }

  /** Replies come in the order of the commands: one that nobody waits for means that all that follow are taken for others. */
  #answer(socket: net.Socket, outcome: CommandOutcome): void {
    if (!this.#commands.settle(outcome)) this.#lose(socket, 'a reply to nothing that was asked');
  }

  /** A frame whose bounds are known is dropped alone. After one that is none the stream means something else than it says. */
  #garbled(socket: net.Socket, frame: Extract<Frame, { body: Buffer }>): void {
    this.#options.log.warn({ bytes: frame.body.length }, 'event socket: unreadable frame');
    if (/^content-type:\s*(?:api\/response|command\/reply)/im.test(frame.head)) this.#answer(socket, { kind: 'unknown', reason: 'an unreadable reply' });
    else if (!/^content-type:\s*(?:text\/event-|log\/data)/im.test(frame.head)) this.#lose(socket, 'unreadable stream: a frame of no known kind');
  }

  #deliver(event: Event, receivedAt: number): void {
    if (this.#state === 'up') this.#options.onEvent(event, receivedAt);
    else if (this.#early.length < MAX_EARLY_EVENTS) this.#early.push({ event, receivedAt });
  }

  async #introduce(socket: net.Socket): Promise<void> {
    const { connectDeadlineMs } = this.#timings;
    const auth = await this.#send([`auth ${this.#options.password}`], connectDeadlineMs);
    if (socket !== this.#socket) return;
    if (auth.kind === 'reply' && !auth.text.startsWith('+OK')) return this.#lose(socket, 'the event socket refused the password');
    if (this.#options.subscribe !== false) {
      const subscribed = await this.#send([`event json ${SUBSCRIBED_KINDS.join(' ')}`], connectDeadlineMs);
      if (socket !== this.#socket) return;
      if (subscribed.kind !== 'reply' || !subscribed.text.startsWith('+OK')) return this.#lose(socket, 'the subscription was refused');
    }
    const core = await this.#send(['api global_getvar core_uuid'], connectDeadlineMs);
    if (socket !== this.#socket) return;
    const coreUuid = core.kind === 'reply' ? core.text.trim() : '';
    if (!/^[0-9a-f-]{36}$/.test(coreUuid)) return this.#lose(socket, 'the switch did not say its Core-UUID');
    this.#rise(coreUuid);
  }

  #rise(coreUuid: string): void {
    clearTimeout(this.#connectTimer);
    this.#state = 'up';
    this.#lastReason = '';
    this.#retryMs = this.#timings.firstRetryMs;
    this.#options.log.info({ coreUuid }, 'event socket: up');
    this.#options.onLink({ kind: 'up', coreUuid, at: Date.now() });
    const early = this.#early;
    this.#early = [];
    for (const { event, receivedAt } of early) this.#options.onEvent(event, receivedAt);
    this.#setWakeUp();
    this.#heartbeatTimer = setInterval(() => this.#askStatus(), this.#timings.heartbeatEveryMs);
    this.#askStatus();
  }

  /** The heartbeat, asked for: `status` names the sessions, and no answer means that the peer is gone. */
  #askStatus(): void {
    const socket = this.#socket;
    if (this.#state !== 'up' || this.#asking || socket === undefined) return;
    this.#asking = true;
    void this.#send(['api status'], this.#timings.heartbeatDeadlineMs).then((outcome) => {
      this.#asking = false;
      if (socket !== this.#socket || this.#state !== 'up') return;
      if (outcome.kind === 'unknown') return this.#lose(socket, `no heartbeat: ${outcome.reason}`);
      const sessions = /^(\d+) session\(s\) - peak/m.exec(outcome.text)?.[1];
      const maxSessions = /^(\d+) session\(s\) max/m.exec(outcome.text)?.[1];
      // Another command's reply, or a switch that refuses everything: a new link begins with nothing out of step.
      if (sessions === undefined || maxSessions === undefined) return this.#lose(socket, 'no heartbeat: the reply is none of a status');
      const version = /^(.{1,200}) is ready *$/m.exec(outcome.text)?.[1] ?? null;
      this.#options.onLink({ kind: 'heartbeat', sessions: Number(sessions), maxSessions: Number(maxSessions), version, at: Date.now() });
    });
  }

  #setWakeUp(): void {
    clearInterval(this.#wakeUpTimer);
    this.#wakeUpTimer = this.#busy && this.#state === 'up' ? setInterval(() => this.#socket?.write('\n'), this.#timings.wakeUpEveryMs) : undefined;
  }

  #lose(socket: net.Socket, reason: string): void {
    if (socket !== this.#socket || this.#state === 'idle' || this.#state === 'waiting') return;
    const wasUp = this.#state === 'up';
    this.#state = 'waiting';
    this.#release(reason);
    socket.destroy();
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#timings.longestRetryMs);
    // A switch that stays away is reported once, not at each attempt.
    if (!wasUp && reason === this.#lastReason) return;
    this.#lastReason = reason;
    this.#options.log.warn({ reason }, 'event socket: down');
    this.#options.onLink({ kind: 'down', reason, at: Date.now() });
  }

  #release(reason: string): void {
    clearTimeout(this.#connectTimer);
    clearInterval(this.#heartbeatTimer);
    clearInterval(this.#wakeUpTimer);
    this.#early = [];
    this.#asking = false;
    this.#socket = undefined;
    this.#commands.settleAll(reason);
  }
}
