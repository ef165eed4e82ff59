/** The commands of `api`, each with FreeSWITCH's own reply (mod_commands.c), down to its `-ERR` texts and line ends. */
import type { Channel } from './channel.ts';
import type { Dialling } from './dialling.ts';
import { soundFile } from './dialplan.ts';
import { endless, readWav } from './sounds.ts';
import type { Switchboard } from './switchboard.ts';

/** How it names itself, so that nobody takes it for a FreeSWITCH. */
export const WHAT = 'Stand-in switch (practice line: no phone network)';
const OK = '+OK\n';
const NO_CHANNEL = '-ERR No such channel!\n';
const CAUSE = /^[A-Z][A-Z_]+$/;
const startedAtMs = Date.now();

/** Carried out after the reply has gone, as FreeSWITCH's own threads do: `+OK` means accepted. */
const soon = (work: () => void): void => void setImmediate(work);

export class Api {
  readonly #board: Switchboard;
  readonly #dialling: Dialling;
  readonly #commands: Readonly<Record<string, (rest: string) => string>>;

  constructor(board: Switchboard, dialling: Dialling) {
    this.#board = board;
    this.#dialling = dialling;
    this.#commands = {
      status: () => this.#status(),
      version: () => `${WHAT}\n`,
      global_getvar: (name) => (name === 'core_uuid' ? board.coreUuid : '_undef_'),
      show: (what) => (what === 'channels as json' ? this.#channels() : '-USAGE: channels as json\n'),
      uuid_exists: (uuid) => String(board.channels.has(uuid)),
      uuid_dump: (rest) => this.#with(rest, (channel) => `${JSON.stringify({ 'Event-Name': 'CHANNEL_DATA', 'Core-UUID': board.coreUuid, ...channel.headers(), ...channel.variableHeaders() })}\n`),
      uuid_getvar: (rest) => this.#with(rest, (channel, name) => channel.variables.get(name) ?? '_undef_'),
      uuid_set_media_stats: (rest) => this.#with(rest, (channel) => {
        const heard = channel.far.packetsHeard;
        if (heard !== undefined) channel.set('rtp_audio_in_packet_count', String(heard));
        return OK;
      }),
      uuid_setvar: (rest) => this.#with(rest, (channel, pair) => {
        const [name = '', ...value] = pair.split(' ');
        channel.set(name, value.join(' '));
        return OK;
      }),
      uuid_setvar_multi: (rest) => this.#with(rest, (channel, list) => {
        for (const pair of list.split(';')) channel.set(pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1));
        return OK;
      }, `${NO_CHANNEL}-USAGE: <uuid> <var>=<value>;<var>=<value>...\n`),
      uuid_kill: (rest) => (rest === '' ? '-USAGE: <uuid> [cause]\n' : this.#with(rest, (channel, cause) => {
        soon(() => board.hangup(channel, CAUSE.test(cause) ? cause : 'NORMAL_CLEARING'));
        return OK;
      })),
      uuid_bridge: (rest) => this.#bridge(rest),
      uuid_transfer: (rest) => this.#with(rest, (channel, where) => this.#transfer(channel, where)),
      sched_hangup: (rest) => this.#scheduleHangup(rest),
      sched_del: (group) => `+OK Deleted: ${board.unschedule(group)}\n`,
    };
  }

  run(command: string): string {
    const [name = '', ...rest] = command.split(' ');
    const known = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    return known === undefined ? `-ERR ${name} Command not found!\n` : known(rest.join(' ').trim());
  }

  /** bgapi: what is not `originate` is not asked for by the exchange. */
  background(command: string): void {
    const [, dial, number] = /^originate (\S+) (?:&park\(\)|(\S+) XML managers)$/.exec(command) ?? [];
    if (dial !== undefined) soon(() => this.#dialling.originate(dial, number));
  }

  /** `sendmsg <uuid>` with `call-command: execute`; `undefined` when there is no such leg. */
  execute(uuid: string, application: string, argument: string): boolean {
    const channel = this.#board.channels.get(uuid);
    if (channel === undefined) return false;
    if (application === 'bridge') soon(() => this.#dialling.bridge(channel, argument));
    if (application === 'set') channel.set(argument.split('=')[0] ?? '', argument.slice(argument.indexOf('=') + 1));
    return true;
  }

  #with(rest: string, work: (channel: Channel, rest: string) => string, none = NO_CHANNEL): string {
    const [uuid = '', ...more] = rest.split(' ');
    const channel = this.#board.channels.get(uuid);
    return channel === undefined ? none : work(channel, more.join(' '));
  }

  #bridge(rest: string): string {
    const [a, b] = rest.split(' ').map((uuid) => this.#board.channels.get(uuid));
    if (a === undefined || b === undefined) return '-ERR Invalid uuid\n';
    soon(() => {
      if (a.alive && b.alive) this.#board.move(a, b);
    });
    return `+OK ${b.uuid}\n`;
  }

  /** `park inline` and `'endless_playback:<sound>' inline`. */
  #transfer(channel: Channel, where: string): string {
    const [, application, name = ''] = /^'?(park|endless_playback)(?::([^']+))?'? inline$/.exec(where) ?? [];
    const file = application === 'endless_playback' ? soundFile(name) : undefined;
    if (application === undefined || (application !== 'park' && file === undefined)) return '-ERR the stand-in knows park and its own sounds\n';
    soon(() => {
      if (!channel.alive) return;
      this.#board.detach(channel);
      if (file === undefined) return this.#board.park(channel);
      channel.state = 'CS_EXECUTE';
      channel.set('current_application', application);
      channel.sound = endless(readWav(file));
    });
    return OK;
  }

  #scheduleHangup(rest: string): string {
    const [when = '', uuid = '', cause = 'ALLOTTED_TIMEOUT'] = rest.split(' ');
    const channel = this.#board.channels.get(uuid);
    if (channel === undefined) return NO_CHANNEL;
    this.#board.schedule(channel, Number.parseInt(when.replace('+', ''), 10) * 1000, cause);
    return OK;
  }

  #channels(): string {
    const rows = [...this.#board.channels.values()].map((channel) => ({
      uuid: channel.uuid, direction: channel.direction, created_epoch: String(Math.floor(channel.createdAtUs / 1e6)), name: channel.name, state: channel.state,
      dest: channel.number, application: channel.variables.get('current_application') ?? '', callstate: channel.callState, call_uuid: channel.callUuid,
    }));
    return `${JSON.stringify(rows.length === 0 ? { row_count: 0 } : { row_count: rows.length, rows })}\n`;
  }

  #status(): string {
    const { total, peak } = this.#board.sessions;
    return [
      `UP ${Math.floor((Date.now() - startedAtMs) / 1000)} seconds`,
      `${WHAT} is ready`,
      `${total} session(s) since startup`,
      `${this.#board.channels.size} session(s) - peak ${peak}, last 5min ${peak} `,
      `0 session(s) per Sec out of max 30, peak 0, last 5min 0 `,
      '500 session(s) max', '',
    ].join('\n');
  }
}
