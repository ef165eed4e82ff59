import { failure, ok, type Reply } from './protocol.ts';
import type { Store } from './store.ts';

type Command = (store: Store, args: readonly string[]) => Reply;
/** [least, most] number of arguments after the command's name. */
type Entry = readonly [least: number, most: number, run: Command];

const many = Number.POSITIVE_INFINITY;
const wrongType = failure('WRONGTYPE Operation against a key holding the wrong kind of value');
const notInteger = failure('ERR value is not an integer or out of range');
const syntaxError = failure('ERR syntax error');

/** A refusal that ends a command from inside. */
class Refused extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super('refused');
    this.reply = reply;
  }
}

function integer(text: string | undefined): number {
  if (text === undefined || !/^-?[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Refused(notInteger);
  return Number(text);
}

function text(store: Store, key: string): string | undefined {
  const value = store.get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw new Refused(wrongType);
}
function hash(store: Store, key: string): Map<string, string> | undefined {
  const value = store.get(key);
  if (value === undefined || value instanceof Map) return value;
  throw new Refused(wrongType);
}
function members(store: Store, key: string): Set<string> | undefined {
  const value = store.get(key);
  if (value === undefined || value instanceof Set) return value;
  throw new Refused(wrongType);
}

const a = (args: readonly string[], index: number): string => args[index] ?? '';

/** Redis' glob: `*`, `?`, `[a-z]`, `[^a]`, backslash. */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  for (let i = 0; i < glob.length; i += 1) {
    const char = glob[i] ?? '';
    if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (char === '[') {
      const end = glob.indexOf(']', i + 1);
      if (end === -1) return /(?!)/;
      const inside = glob.slice(i + 1, end);
      const negated = inside.startsWith('^');
      source += `[${negated ? '^' : ''}${(negated ? inside.slice(1) : inside).replace(/[\\\]^]/g, '\\$&')}]`;
      i = end;
    } else {
      if (char === '\\' && i + 1 < glob.length) i += 1;
      source += (glob[i] ?? '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    }
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}

function set(store: Store, args: readonly string[]): Reply {
  const key = a(args, 0);
  let expiresAt: number | undefined;
  let only: 'NX' | 'XX' | undefined;
  let keepTtl = false;
  let give = false;
  for (let i = 2; i < args.length; i += 1) {
    const option = a(args, i).toUpperCase();
    if (option === 'NX' || option === 'XX') only = option;
    else if (option === 'KEEPTTL') keepTtl = true;
    else if (option === 'GET') give = true;
    else if (option === 'EX' || option === 'PX') {
      const amount = integer(args[(i += 1)]);
      if (amount <= 0) return failure("ERR invalid expire time in 'set' command");
      expiresAt = store.now() + amount * (option === 'EX' ? 1000 : 1);
    } else return syntaxError;
  }
  const before = give ? (text(store, key) ?? null) : null;
  const exists = store.get(key) !== undefined;
  if ((only === 'NX' && exists) || (only === 'XX' && !exists)) return before;
  store.set(key, a(args, 1), keepTtl ? store.expiresAt(key) : expiresAt);
  return give ? before : ok;
}

function add(store: Store, key: string, amount: number): Reply {
  const sum = integer(text(store, key) ?? '0') + amount;
  if (!Number.isSafeInteger(sum)) return notInteger;
  store.set(key, String(sum), store.expiresAt(key));
  return sum;
}

function expire(unitMs: number): Command {
  return (store, args) => {
    const key = a(args, 0);
    const ms = integer(args[1]) * unitMs;
    if (args.length > 2) return syntaxError;
    if (ms <= 0) return store.delete(key) ? 1 : 0;
    return store.setExpiry(key, store.now() + ms) ? 1 : 0;
  };
}

function timeToLive(unitMs: number): Command {
  return (store, args) => {
    const key = a(args, 0);
    if (store.get(key) === undefined) return -2;
    const at = store.expiresAt(key);
    return at === undefined ? -1 : Math.max(0, Math.round((at - store.now()) / unitMs));
  };
}

function setFor(unitMs: number): Command {
  return (store, args) => {
    const amount = integer(args[1]);
    if (amount <= 0) return failure('ERR invalid expire time');
    store.set(a(args, 0), a(args, 2), store.now() + amount * unitMs);
    return ok;
  };
}

/** One pass gives everything: the whole store is small, and a cursor over a changing map could miss keys. */
function scan(store: Store, args: readonly string[]): Reply {
  integer(args[0]);
  let match = /^/;
  for (let i = 1; i < args.length; i += 2) {
    const option = a(args, i).toUpperCase();
    if (args[i + 1] === undefined) return syntaxError;
    if (option === 'MATCH') match = globToRegExp(a(args, i + 1));
    else if (option === 'COUNT') integer(args[i + 1]);
    else if (option !== 'TYPE') return syntaxError;
  }
  return ['0', [...store.keys()].filter((key) => match.test(key))];
}

function setHash(store: Store, args: readonly string[]): Reply {
  if (args.length % 2 === 0) return failure("ERR wrong number of arguments for 'hset' command");
  const key = a(args, 0);
  const value = hash(store, key) ?? new Map<string, string>();
  const before = value.size;
  for (let i = 1; i < args.length; i += 2) value.set(a(args, i), a(args, i + 1));
  if (store.get(key) === undefined) store.set(key, value);
  else store.touched(key);
  return value.size - before;
}

function addMembers(store: Store, args: readonly string[]): Reply {
  const key = a(args, 0);
  const value = members(store, key) ?? new Set<string>();
  const before = value.size;
  for (const member of args.slice(1)) value.add(member);
  if (store.get(key) === undefined) store.set(key, value);
  else store.touched(key);
  return value.size - before;
}

function remove(store: Store, key: string, from: Map<string, string> | Set<string> | undefined, names: readonly string[]): Reply {
  if (!from) return 0;
  const count = names.filter((name) => from.delete(name)).length;
  store.touched(key);
  return count;
}

const deleteKeys: Command = (store, args) => args.filter((key) => store.delete(key)).length;
const clear: Command = (store) => {
  store.clear();
  return ok;
};

const commands: Readonly<Record<string, Entry>> = {
  GET: [1, 1, (store, args) => text(store, a(args, 0)) ?? null],
  SET: [2, many, set],
  SETEX: [3, 3, setFor(1000)],
  PSETEX: [3, 3, setFor(1)],
  MGET: [1, many, (store, args) => args.map((key) => { const value = store.get(key); return typeof value === 'string' ? value : null; })],
  DEL: [1, many, deleteKeys],
  UNLINK: [1, many, deleteKeys],
  EXISTS: [1, many, (store, args) => args.filter((key) => store.get(key) !== undefined).length],
  EXPIRE: [2, 3, expire(1000)],
  PEXPIRE: [2, 3, expire(1)],
  TTL: [1, 1, timeToLive(1000)],
  PTTL: [1, 1, timeToLive(1)],
  INCR: [1, 1, (store, args) => add(store, a(args, 0), 1)],
  INCRBY: [2, 2, (store, args) => add(store, a(args, 0), integer(args[1]))],
  DECR: [1, 1, (store, args) => add(store, a(args, 0), -1)],
  SCAN: [1, many, scan],
  KEYS: [1, 1, (store, args) => { const match = globToRegExp(a(args, 0)); return [...store.keys()].filter((key) => match.test(key)); }],
  HSET: [3, many, setHash],
  HGET: [2, 2, (store, args) => hash(store, a(args, 0))?.get(a(args, 1)) ?? null],
  HDEL: [2, many, (store, args) => remove(store, a(args, 0), hash(store, a(args, 0)), args.slice(1))],
  HGETALL: [1, 1, (store, args) => [...(hash(store, a(args, 0)) ?? [])].flat()],
  SADD: [2, many, addMembers],
  SREM: [2, many, (store, args) => remove(store, a(args, 0), members(store, a(args, 0)), args.slice(1))],
  SMEMBERS: [1, 1, (store, args) => [...(members(store, a(args, 0)) ?? [])]],
  FLUSHALL: [0, 1, clear],
  FLUSHDB: [0, 1, clear],
  DBSIZE: [0, 0, (store) => store.size],
  TIME: [0, 0, (store) => { const now = store.now(); return [String(Math.floor(now / 1000)), String((now % 1000) * 1000)]; }],
};

/** Commands on keys. */
export function runCommand(store: Store, name: string, args: readonly string[]): Reply {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) return failure(`ERR unknown command '${name.slice(0, 64)}' (see local/redis/README.md)`);
  const [least, most, run] = entry;
  if (args.length < least || args.length > most) return failure(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  try {
    return run(store, args);
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    throw error;
  }
}
