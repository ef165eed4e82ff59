import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly seed: number;
  readonly switchName: 'stand-in' | 'freeswitch';
  readonly kills: number;
  readonly operators: number;
  /** Nothing goes on for longer than this. */
  readonly limitMs: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** A second controller stands by all the time. */
  readonly standby: boolean;
  readonly outages: boolean;
  readonly soak: boolean;
  readonly soakMinutes: number;
  /** Calls by one operator in the soak. */
  readonly soakCalls: number;
  readonly verbose: boolean;
}

export const usage = `npm run chaos -- [--quick] [--seed N] [--switch stand-in|freeswitch] [--kills N] [--operators N] [--minutes N] [--signal SIGKILL|SIGTERM] [--standby]
npm run chaos -- --soak [--minutes N] [--calls N] [--switch stand-in|freeswitch]
npm run chaos -- --outages [--switch stand-in|freeswitch]
  Kills the calls-controller again and again under load and checks what must hold. The last line is JSON.
  --quick   15 kills in under 50 s          --seed    of plans and moments, printed; made up unless given
  --kills   1000 on the stand-in, 200 on FreeSWITCH unless given
  --minutes nothing goes on for longer (default 60; with --soak how long 100 calls at once go on, default 20)
  --standby a second controller stands by, as in the field: time counts from the kill, not from the start of a new process
  --outages no kills of ours: PostgreSQL killed and away for 60 s, then frozen for 20 s, while people talk
  --soak    no kills: 5,000 calls by one operator, then 100 calls at once; memory and handles before and after
`;

/** Throws TypeError, naming the option and the remedy. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args], strict: true,
    options: {
      quick: { type: 'boolean' }, seed: { type: 'string' }, switch: { type: 'string' }, kills: { type: 'string' }, operators: { type: 'string' },
      minutes: { type: 'string' }, signal: { type: 'string' }, soak: { type: 'boolean' }, outages: { type: 'boolean' }, standby: { type: 'boolean' }, calls: { type: 'string' }, verbose: { type: 'boolean' },
    },
  });
  const whole = (name: string, text: string | undefined, otherwise: number, least: number, most: number): number => {
    if (text === undefined) return otherwise;
    const number = Number(text);
    if (!Number.isInteger(number) || number < least || number > most) throw new TypeError(`--${name} must be a whole number from ${least} to ${most}`);
    return number;
  };
  const switchName = values.switch ?? 'stand-in';
  if (switchName !== 'stand-in' && switchName !== 'freeswitch') throw new TypeError('--switch must be stand-in or freeswitch');
  const signal = values.signal ?? 'SIGKILL';
  if (signal !== 'SIGKILL' && signal !== 'SIGTERM') throw new TypeError('--signal must be SIGKILL or SIGTERM');
  const quick = values.quick === true;
  return {
    seed: whole('seed', values.seed, Math.floor(Math.random() * 1_000_000), 0, 4_294_967_295), switchName, signal,
    kills: whole('kills', values.kills, quick ? 15 : switchName === 'stand-in' ? 1_000 : 200, 1, 100_000),
    operators: whole('operators', values.operators, quick ? 6 : 8, 1, 60),
    limitMs: quick ? 26_000 : whole('minutes', values.minutes, 60, 1, 600) * 60_000,
    standby: values.standby === true, outages: values.outages === true, soak: values.soak === true, soakMinutes: whole('minutes', values.minutes, 20, 1, 600), soakCalls: whole('calls', values.calls, 5_000, 1, 1_000_000),
    verbose: values.verbose === true,
  };
}
