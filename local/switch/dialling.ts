/** `bridge` and `originate`: dial strings taken apart by one strict grammar, and what becomes of each dial. */
import type { AcceptKey } from './accept-key.ts';
import { Channel, type Dial } from './channel.ts';
import type { Extension } from './dialplan.ts';
import { Robot } from './robot.ts';
import { tone } from './sounds.ts';
import type { Switchboard } from './switchboard.ts';

interface DialOrder {
  /** `{…}`: of the whole dial. */
  readonly whole: ReadonlyMap<string, string>;
  readonly leg: ReadonlyMap<string, string>;
  /** `undefined`: not for the robots, so that there is nobody to ring. */
  readonly number: string | undefined;
  readonly refusal: string;
}

// One endpoint and no nesting: what calls-controller/esl/dial-string.ts builds, and nothing else.
const DIAL_STRING = /^(?:\{([^{}[\]]*)\})?(?:\[([^{}[\]]*)\])?([^{}[\],|]+)$/;
const ROBOT = /^loopback\/(\+?\d{1,15})\/robots(?:\/XML)?$/;

const readVariables = (list: string | undefined): ReadonlyMap<string, string> =>
  new Map((list ?? '').split(',').flatMap((pair): [string, string][] => {
    const equals = pair.indexOf('=');
    return equals > 0 ? [[pair.slice(0, equals), pair.slice(equals + 1)]] : [];
  }));

function readDialString(text: string): DialOrder {
  const [, whole, leg, endpoint = ''] = DIAL_STRING.exec(text) ?? [];
  // FreeSWITCH's own words for a gateway that it does not have and an endpoint that it cannot make.
  const refusal = endpoint.startsWith('sofia/gateway/') ? 'INVALID_GATEWAY' : 'DESTINATION_OUT_OF_ORDER';
  return { whole: readVariables(whole), leg: readVariables(leg), number: ROBOT.exec(endpoint)?.[1], refusal };
}

const secondsMs = (seconds: string | undefined): number => Math.max(0, Number.parseInt(seconds ?? '', 10) || 0) * 1000;

export class Dialling {
  readonly #board: Switchboard;
  readonly #robots: readonly Extension[];
  readonly #acceptKey: AcceptKey;

  constructor(board: Switchboard, robots: readonly Extension[], acceptKey: AcceptKey) {
    this.#board = board;
    this.#robots = robots;
    this.#acceptKey = acceptKey;
  }

  /** `originate <dial string> &park()`, or to a number of the context `managers`. A dial that makes no channel is told by no event. */
  originate(dialString: string, number: string | undefined): void {
    this.#dial(readDialString(dialString), (callee) => (number === undefined ? this.#board.park(callee) : this.#acceptKey.ask(callee, number)));
  }

  /** `bridge`, executed by a parked leg. */
  bridge(caller: Channel, dialString: string): void {
    if (!caller.alive) return;
    if (caller.dials.size === 0) this.#board.callState(caller, 'RING_WAIT');
    caller.set('current_application', 'bridge');
    const order = readDialString(dialString);
    const answerLimitMs = secondsMs(order.leg.get('bridge_answer_timeout'));
    if (!this.#dial(order, (callee) => this.#reached(caller, callee, answerLimitMs), caller)) this.#failed(caller, order.refusal);
  }

  /** False when there is no channel to be had. */
  #dial(order: DialOrder, reached: (callee: Channel) => void, caller?: Channel): boolean {
    const { number } = order;
    const robot = number === undefined ? undefined : this.#robots.find(({ expression }) => expression.test(number));
    const uuid = order.leg.get('origination_uuid') ?? order.whole.get('origination_uuid');
    if (number === undefined || robot === undefined || (uuid !== undefined && this.#board.channels.has(uuid))) return false;
    const callee = new Channel({ uuid, name: `loopback/${number}-a`, direction: 'outbound', number, callUuid: caller?.uuid, variables: [...order.whole, ...order.leg] });
    const dial = this.#follow(callee, caller, secondsMs(order.whole.get('originate_timeout')), reached);
    callee.dial = dial;
    caller?.dials.add(dial);
    const player = new Robot(callee, this.#board, robot.actions);
    callee.far = player;
    this.#board.add(callee);
    player.start();
    return true;
  }

  /** originate_timeout has an effect in {} alone, and only until the dial is over: a 183 that is heard ends it. */
  #follow(callee: Channel, caller: Channel | undefined, limitMs: number, whenReached: (callee: Channel) => void): Dial {
    const board = this.#board;
    const limit = limitMs > 0 ? setTimeout(() => board.hangup(callee, 'NO_ANSWER'), limitMs) : undefined;
    const over = (): void => {
      clearTimeout(limit);
      callee.dial = undefined;
      caller?.dials.delete(dial);
    };
    const reached = (): void => {
      over();
      whenReached(callee);
    };
    const dial: Dial = {
      callee,
      ringing: () => {
        const ringback = caller?.variables.get('ringback');
        if (caller !== undefined && ringback !== undefined && caller.bridge === undefined) caller.sound = tone(ringback);
      },
      early: () => {
        // The leg's own word, else what the caller bears.
        const ignored = callee.variables.get('ignore_early_media') ?? caller?.variables.get('ignore_early_media');
        if (ignored !== 'true') reached();
      },
      answered: reached,
      lost: (cause) => {
        over();
        if (caller !== undefined) this.#failed(caller, cause);
      },
    };
    return dial;
  }

  #reached(caller: Channel, callee: Channel, answerLimitMs: number): void {
    // A second phone that answers while the first is spoken with.
    if (!caller.alive || caller.bridge !== undefined) return this.#board.hangup(callee, 'ORIGINATOR_CANCEL');
    this.#board.callState(caller, 'ACTIVE');
    caller.set('originate_disposition', 'SUCCESS');
    const bridge = this.#board.connect(caller, callee, 'dialled');
    if (bridge.answered || answerLimitMs === 0) return;
    setTimeout(() => {
      if (callee.bridge === bridge && !bridge.answered) this.#board.hangup(callee, 'ALLOTTED_TIMEOUT');
    }, answerLimitMs).unref();
  }

  /** A caller that continues on failure is back in its park, without a word; another one dies of the same cause. */
  #failed(caller: Channel, cause: string): void {
    if (caller.bridge !== undefined || caller.dials.size > 0) return;
    caller.set('originate_disposition', cause);
    if (!caller.alive) return;
    this.#board.callState(caller, 'ACTIVE');
    const goesOn = (caller.variables.get('continue_on_fail') ?? '').split(',');
    if (goesOn.includes('true') || goesOn.includes(cause)) this.#board.resumePark(caller);
    else this.#board.hangup(caller, cause);
  }
}
