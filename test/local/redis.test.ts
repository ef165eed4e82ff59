import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { globToRegExp } from '../../local/redis/commands.ts';
import { CommandParser } from '../../local/redis/protocol.ts';
import { startRedis, type EmbeddedRedis } from '../../local/redis/server.ts';

let nowMs = 1_700_000_000_000;
let server: EmbeddedRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis({ now: () => nowMs, limits: { maxArguments: 100, maxBulkBytes: 4_000_000, maxLineBytes: 1_000 } });
});
beforeEach(() => {
  redis = new Redis(server.url);
});
afterEach(async () => {
  await redis.flushall();
  await redis.quit();
});
afterAll(() => server.stop());

describe('keys and values', () => {
  it('keeps text of every script and any bytes', async () => {
    await redis.set('имя', 'Ольга 📞');
    expect(await redis.get('имя')).toBe('Ольга 📞');
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await redis.set('bytes', bytes);
    expect(await redis.getBuffer('bytes')).toEqual(bytes);
  });

  it('sets with NX, XX, KEEPTTL, EX and PX', async () => {
    expect(await redis.set('k', '1', 'XX')).toBeNull();
    expect(await redis.set('k', '1', 'EX', 10, 'NX')).toBe('OK');
    expect(await redis.set('k', '2', 'NX')).toBeNull();
    expect(await redis.ttl('k')).toBe(10);
    await redis.set('k', '3', 'KEEPTTL');
    expect(await redis.pttl('k')).toBe(10_000);
    await redis.set('k', '4');
    expect(await redis.ttl('k')).toBe(-1);
    await redis.set('k', '5', 'PX', 1);
    nowMs += 2;
    expect(await redis.get('k')).toBeNull();
    expect(await redis.ttl('k')).toBe(-2);
    await expect(redis.set('k', '6', 'EX', 0)).rejects.toThrow('invalid expire time');
  });

  it('lets keys expire', async () => {
    await redis.setex('session', 60, 'x');
    await redis.set('stays', 'y');
    nowMs += 30_000;
    expect(await redis.expire('session', 60)).toBe(1);
    nowMs += 59_000;
    expect(await redis.exists('session', 'stays', 'never')).toBe(2);
    nowMs += 1_000;
    expect(await redis.dbsize()).toBe(1);
    expect(await redis.expire('session', 60)).toBe(0);
    expect(await redis.pexpire('stays', -1)).toBe(1);
    expect(await redis.exists('stays')).toBe(0);
  });

  it('counts', async () => {
    expect(await redis.incr('n')).toBe(1);
    expect(await redis.incrby('n', 41)).toBe(42);
    expect(await redis.decr('n')).toBe(41);
    await redis.set('n', 'many');
    await expect(redis.incr('n')).rejects.toThrow('not an integer');
  });

  it('keeps hashes and sets, and an empty one is gone', async () => {
    expect(await redis.hset('h', { a: '1', b: '2' })).toBe(2);
    expect(await redis.hset('h', 'a', '3')).toBe(0);
    expect(await redis.hgetall('h')).toEqual({ a: '3', b: '2' });
    expect(await redis.hget('h', 'none')).toBeNull();
    expect(await redis.hdel('h', 'a', 'b', 'c')).toBe(2);
    expect(await redis.exists('h')).toBe(0);
    expect(await redis.sadd('s', 'x', 'y', 'x')).toBe(2);
    expect((await redis.smembers('s')).sort()).toEqual(['x', 'y']);
    expect(await redis.srem('s', 'x', 'z')).toBe(1);
    await expect(redis.get('s')).rejects.toThrow('WRONGTYPE');
    expect(await redis.mget('s', 'none')).toEqual([null, null]);
  });

  it('finds keys by pattern', async () => {
    await redis.set('sess:1', 'a');
    await redis.set('sess:2', 'b');
    await redis.set('other', 'c');
    expect((await redis.keys('sess:?')).sort()).toEqual(['sess:1', 'sess:2']);
    const [cursor, found] = await redis.scan('0', 'MATCH', 'sess:*', 'COUNT', 1);
    expect([cursor, found.sort()]).toEqual(['0', ['sess:1', 'sess:2']]);
    expect(await redis.del('sess:1', 'sess:2', 'sess:3')).toBe(2);
    expect(await redis.unlink('other')).toBe(1);
  });

  it.each([
    ['h?llo', 'hello', true],
    ['h*o', 'heo', true],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-b]llo', 'hbllo', true],
    ['a.c', 'abc', false],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['[', '[', false],
  ])('pattern %s on %s: %s', (pattern, key, expected) => {
    expect(globToRegExp(pattern).test(key)).toBe(expected);
  });
});

describe('refusals', () => {
  it('names an unknown command', async () => {
    await expect(redis.call('XADD', 's', '*', 'a', '1')).rejects.toThrow("unknown command 'XADD'");
    await expect(redis.call('constructor')).rejects.toThrow('unknown command');
    await expect(redis.eval('return 1', 0)).rejects.toThrow("unknown command 'EVAL'");
  });

  it('minds the number of arguments and stays in RESP2', async () => {
    await expect(redis.call('GET')).rejects.toThrow('wrong number of arguments');
    await expect(redis.call('HELLO', '3')).rejects.toThrow('NOPROTO');
    await expect(redis.select(1)).rejects.toThrow('only database 0');
  });

  it('asks for the password where there is one', async () => {
    const guarded = await startRedis({ password: 's3cret/+:' });
    const stranger = new Redis({ port: guarded.port, enableReadyCheck: false });
    await expect(stranger.get('k')).rejects.toThrow('NOAUTH');
    const guest = new Redis(guarded.url);
    expect(await guest.set('k', 'v')).toBe('OK');
    await expect(stranger.auth('wrong')).rejects.toThrow('WRONGPASS');
    stranger.disconnect();
    guest.disconnect();
    await guarded.stop();
  });
});

describe('pub/sub', () => {
  it('tells every subscriber once, by channel and by pattern', async () => {
    const listener = new Redis(server.url);
    const heard: unknown[] = [];
    listener.on('message', (...args) => heard.push(args));
    const last = new Promise<void>((resolve) =>
      listener.on('pmessage', (...args) => {
        heard.push(args);
        resolve();
      }),
    );
    await listener.subscribe('news', 'weather');
    await listener.psubscribe('ne*');
    expect(await redis.call('PUBSUB', 'NUMSUB', 'news', 'nobody')).toEqual(['news', 1, 'nobody', 0]);
    expect(await redis.publish('silence', 'x')).toBe(0);
    expect(await redis.publish('news', 'Ольга')).toBe(2);
    await last;
    expect(heard).toEqual([
      ['news', 'Ольга'],
      ['ne*', 'news', 'Ольга'],
    ]);
    expect(await listener.unsubscribe('news', 'weather')).toBe(1);
    expect(await redis.publish('weather', 'x')).toBe(0);
    await listener.punsubscribe('ne*');
    expect(await listener.get('k')).toBeNull();
    await listener.quit();
  });
});

describe('the wire', () => {
  const command = (...parts: string[]) => `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;

  async function exchange(chunks: readonly (string | Buffer)[], until: string): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    socket.setNoDelay(true);
    const answer = readUntil(socket, until);
    for (const chunk of chunks) await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    const text = await answer;
    socket.destroy();
    return text;
  }

  function readUntil(socket: Socket, until: string): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes(until)) resolve(text);
      });
      socket.on('close', () => resolve(text));
      socket.on('error', () => resolve(text));
    });
  }

  it('reads commands byte by byte and answers a pipeline in order', async () => {
    const bytes = Buffer.from(command('SET', 'я', 'ёж') + command('GET', 'я') + 'PING\r\n' + command('INCR', 'я'));
    const each = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(await exchange(each, 'range')).toBe('+OK\r\n$4\r\nёж\r\n+PONG\r\n-ERR value is not an integer or out of range\r\n');
  });

  it('takes a large value in many pieces', async () => {
    const large = 'ж'.repeat(1_000_000);
    await redis.set('large', large);
    expect(await redis.get('large')).toBe(large);
  });

  it('answers a thousand commands in one go', async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 1000; i += 1) pipeline.incr('n');
    const results = await pipeline.exec();
    expect(results?.at(-1)).toEqual([null, 1000]);
  });

  it.each([
    ['a length that is no number', '*x\r\n', 'invalid multibulk length'],
    ['too many arguments', '*101\r\n', 'invalid multibulk length'],
    ['too large a value', '*2\r\n$3\r\nGET\r\n$4000001\r\n', 'invalid bulk length'],
    ['a negative length', '*1\r\n$-1\r\n', 'invalid bulk length'],
    ['something else where a value should be', '*1\r\n:1\r\n', "expected '$'"],
    ['a value that is longer than it said', '*1\r\n$4\r\nPING!\r\n', 'a bulk string does not end'],
    ['an endless line', 'x'.repeat(1_001), 'too big a line'],
  ])('refuses %s and hangs up', async (_what, bytes, reason) => {
    const socket = connect(server.port, '127.0.0.1');
    const closed = once(socket, 'close');
    const answer = readUntil(socket, 'never said');
    socket.write(bytes);
    await closed;
    expect(await answer).toContain(`Protocol error: ${reason}`);
  });

  it('gives the same commands wherever the bytes are cut', () => {
    const bytes = Buffer.from(`${command('SET', 'k', '\r\n*1\r\n')}\r\n${command('PING')}`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const parser = new CommandParser();
      expect([...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))]).toEqual([['SET', 'k', '\r\n*1\r\n'], ['PING']]);
    }
  });
});

describe('a restart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'exchange-redis-'));
  const path = join(directory, 'redis.json');
  afterAll(() => rmSync(directory, { recursive: true }));

  it('keeps everything that has not expired', async () => {
    const first = await startRedis({ path, now: () => nowMs });
    const before = new Redis(first.url);
    await before.set('sess:1', 'Ольга', 'EX', 60);
    await before.set('sess:2', 'soon over', 'EX', 10);
    await before.hset('h', 'a', '1');
    await before.sadd('s', 'x');
    await before.quit();
    await first.stop();
    nowMs += 20_000;
    const second = await startRedis({ path, now: () => nowMs });
    const after = new Redis(second.url);
    expect(await after.mget('sess:1', 'sess:2')).toEqual(['Ольга', null]);
    expect(await after.ttl('sess:1')).toBe(40);
    expect([await after.hgetall('h'), await after.smembers('s')]).toEqual([{ a: '1' }, ['x']]);
    await after.quit();
    await second.stop();
  });

  it('starts empty when the file is broken, and puts it aside', async () => {
    writeFileSync(path, '[["half');
    const said: string[] = [];
    const started = await startRedis({ path, log: (line) => said.push(line) });
    const after = new Redis(started.url);
    expect(await after.dbsize()).toBe(0);
    expect(said.join()).toContain('put aside');
    expect(readFileSync(`${path}.broken`, 'utf8')).toBe('[["half');
    await after.quit();
    await started.stop();
  });
});
