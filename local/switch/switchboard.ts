/**
 * The channels, their bridges and parks, by FreeSWITCH's own rules as test/switch-contract pins them and in the order of events
 * that its 1.11 gives (switch_ivr.c, switch_ivr_bridge.c, switch_channel.c).
 */
import { randomUUID } from 'node:crypto';
import { Channel, nowUs, type Bridge } from './channel.ts';
import { Metronome } from './metronome.ts';
import { silence } from './sounds.ts';

/** A scheduled hang-up; its group is the leg's uuid, as sched_hangup has it. */
interface Task { readonly group: string; readonly timer: NodeJS.Timeout }

export type SwitchEvent = Readonly<Record<string, string>>;

/** setTimeout's longest; 24 days are for ever on a practice line. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const RE_PARK = 'park:inline';

export class Switchboard {
  readonly coreUuid = randomUUID();
  readonly channels = new Map<string, Channel>();
  readonly sessions = { total: 0, peak: 0 };
  readonly #listeners = new Set<(event: SwitchEvent) => void>();
  readonly #tasks = new Set<Task>();
  #sequence = 0;
  readonly #metronome = new Metronome(() => {
    for (const channel of this.channels.values()) {
      channel.far.tick?.();
      if (channel.sound !== undefined && channel.alive) channel.far.play(channel.sound());
    }
  });

  onEvent(listener: (event: SwitchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** FreeSWITCH's CALLSTATE carries no variables, the others all of them. */
  tell(name: string, channel: Channel, more: SwitchEvent = {}): void {
    if (this.#listeners.size === 0) return;
    const event = {
      'Event-Name': name, 'Core-UUID': this.coreUuid, 'Event-Date-Timestamp': String(nowUs()), 'Event-Sequence': String((this.#sequence += 1)),
      ...channel.headers(), ...more, ...(name === 'CHANNEL_CALLSTATE' ? {} : channel.variableHeaders()),
    };
    for (const listener of this.#listeners) listener(event);
  }

  add(channel: Channel): void {
    this.channels.set(channel.uuid, channel);
    this.sessions.total += 1;
    this.sessions.peak = Math.max(this.sessions.peak, this.channels.size);
    this.tell('CHANNEL_CREATE', channel);
    channel.state = 'CS_CONSUME_MEDIA';
    this.#metronome.start();
  }

  callState(channel: Channel, callState: Channel['callState']): void {
    if (channel.callState === callState) return;
    channel.callState = callState;
    this.tell('CHANNEL_CALLSTATE', channel);
  }

  ringing(channel: Channel): void {
    this.callState(channel, 'RINGING');
    channel.dial?.ringing();
  }

  early(channel: Channel): void {
    this.callState(channel, 'EARLY');
    channel.dial?.early();
  }

  answered(channel: Channel): void {
    if (channel.answeredAtUs > 0 || !channel.alive) return;
    channel.answeredAtUs = nowUs();
    this.tell('CHANNEL_ANSWER', channel);
    this.callState(channel, 'ACTIVE');
    const [, limitS] = /^sched_hangup:\+(\d+)$/.exec(channel.variables.get('execute_on_answer_limit') ?? '') ?? [];
    if (limitS !== undefined) this.schedule(channel, Number(limitS) * 1000, 'ALLOTTED_TIMEOUT');
    if (channel.bridge !== undefined) channel.bridge.answered = true;
    channel.dial?.answered();
  }

  /** Every park takes park_timeout with it and counts anew (switch_ivr.c: switch_ivr_park). */
  park(channel: Channel): void {
    this.#unpark(channel);
    channel.state = 'CS_EXECUTE';
    channel.sound = silence;
    const timeoutS = Number.parseInt(channel.variables.get('park_timeout') ?? '', 10);
    channel.set('park_timeout', undefined);
    channel.set('park_after_bridge', undefined);
    channel.set('current_application', 'park');
    if (timeoutS > 0) channel.parkTimer = setTimeout(() => this.#parkIsOver(channel), Math.min(timeoutS * 1000, MAX_TIMER_MS));
    this.tell('CHANNEL_PARK', channel);
  }

  #parkIsOver(channel: Channel): void {
    channel.parkExpired = true;
    if (channel.bridge === undefined && channel.dials.size === 0) this.hangup(channel, 'NORMAL_CLEARING');
  }

  #unpark(channel: Channel): void {
    clearTimeout(channel.parkTimer);
    channel.parkTimer = undefined;
    channel.parkExpired = false;
  }

  /** Back in the park that never ended: nothing is told, and its time may be over by now. */
  resumePark(channel: Channel): void {
    if (!channel.alive || channel.bridge !== undefined || channel.dials.size > 0) return;
    channel.set('current_application', 'park');
    channel.sound = silence;
    if (channel.parkExpired) this.hangup(channel, 'NORMAL_CLEARING');
  }

  connect(a: Channel, b: Channel, kind: Bridge['kind']): Bridge {
    const bridge: Bridge = { a, b, kind, answered: b.answeredAtUs > 0 };
    if (kind === 'moved') this.#unpark(a);
    this.#unpark(b);
    for (const leg of [a, b]) {
      leg.bridge = bridge;
      leg.sound = undefined;
      for (const name of ['bridge_uuid', 'last_bridge_to']) leg.set(name, (leg === a ? b : a).uuid);
    }
    a.state = 'CS_EXECUTE';
    a.callUuid = a.uuid;
    b.state = 'CS_EXCHANGE_MEDIA';
    b.callUuid = a.uuid;
    this.tell('CHANNEL_BRIDGE', a, { 'Bridge-A-Unique-ID': a.uuid, 'Bridge-B-Unique-ID': b.uuid });
    return bridge;
  }

  #part(bridge: Bridge): void {
    bridge.a.bridge = undefined;
    bridge.b.bridge = undefined;
    bridge.b.callUuid = bridge.b.uuid;
  }

  #tellParted({ a, b }: Bridge): void {
    this.tell('CHANNEL_UNBRIDGE', a, { 'Bridge-A-Unique-ID': a.uuid, 'Bridge-B-Unique-ID': b.uuid });
  }

  /** What its own variables say a leg does when its bridge is over. */
  #afterBridge(leg: Channel, bridge: Bridge): void {
    if (!leg.alive) return;
    const isFirst = leg === bridge.a;
    const transfer = leg.variables.get(bridge.answered ? 'transfer_after_bridge' : 'transfer_after_early_bridge');
    if (leg.isTrue('park_after_bridge') || transfer === RE_PARK) return this.park(leg);
    if (isFirst && bridge.kind === 'dialled' && !leg.isTrue('hangup_after_bridge')) return this.resumePark(leg);
    this.hangup(leg, 'NORMAL_CLEARING');
  }

  /** Takes a leg out of whatever it does, for an order that moves it. */
  detach(leg: Channel): void {
    this.#unpark(leg);
    leg.sound = undefined;
    leg.onKey = undefined;
    for (const dial of [...leg.dials]) {
      leg.dials.delete(dial);
      dial.callee.dial = undefined;
      this.hangup(dial.callee, 'ORIGINATOR_CANCEL');
      this.callState(leg, 'ACTIVE');
    }
    const { bridge, other } = leg;
    if (bridge === undefined || other === undefined) return;
    this.#part(bridge);
    this.#tellParted(bridge);
    this.#afterBridge(other, bridge);
  }

  /** uuid_bridge: each leg leaves what it was in, whoever is left there goes its own way. */
  move(a: Channel, b: Channel): void {
    if (a.other === b) return;
    this.detach(a);
    this.detach(b);
    if (a.alive && b.alive) this.connect(a, b, 'moved');
  }

  hangup(channel: Channel, cause: string): void {
    if (!channel.alive) return;
    channel.alive = false;
    channel.hangupCause = cause;
    channel.sound = undefined;
    this.#unpark(channel);
    this.channels.delete(channel.uuid);
    for (const dial of [...channel.dials]) this.hangup(dial.callee, 'ORIGINATOR_CANCEL');
    const { bridge, other } = channel;
    if (bridge !== undefined && other !== undefined) {
      other.set('last_bridge_hangup_cause', cause);
      this.#part(bridge);
      // The survivor is told of before the dead one, whichever leg it is.
      if (channel === bridge.b) this.#tellParted(bridge);
      this.#afterBridge(other, bridge);
      if (channel === bridge.a) this.#tellParted(bridge);
    }
    channel.state = 'CS_HANGUP';
    this.callState(channel, 'HANGUP');
    channel.state = 'CS_REPORTING';
    this.tell('CHANNEL_HANGUP_COMPLETE', channel);
    channel.dial?.lost(cause);
    channel.far.end(cause);
    this.unschedule(channel.uuid);
    if (this.channels.size === 0) this.#metronome.stop();
  }

  schedule(channel: Channel, afterMs: number, cause: string): void {
    const task: Task = { group: channel.uuid, timer: setTimeout(() => {
      this.#tasks.delete(task);
      this.hangup(channel, cause);
    }, Math.min(afterMs, MAX_TIMER_MS)) };
    this.#tasks.add(task);
  }

  /** @returns how many there were. */
  unschedule(group: string): number {
    const tasks = [...this.#tasks].filter((task) => task.group === group);
    for (const task of tasks) {
      clearTimeout(task.timer);
      this.#tasks.delete(task);
    }
    return tasks.length;
  }

  stop(): void {
    for (const channel of [...this.channels.values()]) this.hangup(channel, 'MANAGER_REQUEST');
    this.#metronome.stop();
  }
}
