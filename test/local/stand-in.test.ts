import { createHash, randomUUID } from 'node:crypto';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gate } from '../../local/switch/digest.ts';
import { readContext } from '../../local/switch/dialplan.ts';
import { muLaw, SILENCE, tone } from '../../local/switch/sounds.ts';
import { startStandIn, type RunningStandIn } from '../../local/switch/stand-in.ts';
import { startDirectory, type Directory } from '../switch-contract/directory.ts';
import { connectRaw } from '../switch-contract/raw-event-socket.ts';

describe('the stand-in switch', () => {
  let running: RunningStandIn;
  const said: string[] = [];
  beforeAll(async () => { running = await startStandIn({ password: 'a-password-of-today', directoryUrl: 'http://127.0.0.1:9/', log: (line) => said.push(line) }); });
  afterAll(() => running?.stop());

  it('says what it is, and never that it is a FreeSWITCH', async () => {
    const raw = await connectRaw(running.url);
    for (const command of ['status', 'version']) {
      const answer = await raw.ask(`api ${command}`);
      expect(answer).toContain('practice line: no phone network');
      expect(answer).not.toContain('FreeSWITCH');
    }
    raw.close();
    expect(said).toContain('practice line: no phone network');
  });

  it('answers nobody without the password', async () => {
    const socket = net.connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write('api status\n\nauth guessed\n\napi status\n\n');
    let answers = '';
    for await (const chunk of socket) answers += String(chunk);
    expect(answers).toContain('-ERR invalid');
    expect(answers).not.toContain('session(s)');
  });

  it('does not start on a port that is taken, and says so', async () => {
    await expect(startStandIn({ password: 'a-password-of-today', eslPort: Number(new URL(running.url).port), directoryUrl: 'http://127.0.0.1:9/', log: () => undefined })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('the stand-in’s gate', () => {
  let directory: Directory;
  let gate: Gate;
  beforeAll(async () => {
    directory = await startDirectory('switch-password');
    directory.admit('op-1', 'secret');
    gate = new Gate(directory.url, 'switch-password');
  });
  afterAll(() => directory?.close());

  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const digest = (nonce: string, password: string, nc: string) => {
    const cnonce = randomUUID();
    const response = md5(`${md5(`op-1:exchange:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${md5('INVITE:sip:exchange@exchange')}`);
    return `Digest username="op-1", realm="exchange", nonce="${nonce}", uri="sip:exchange@exchange", algorithm=MD5, qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`;
  };
  const nonce = async () => {
    const verdict = await gate.check('INVITE', undefined);
    return verdict.kind === 'challenge' ? (/nonce="([^"]+)"/.exec(verdict.header)?.[1] ?? '') : '';
  };

  it('takes a right digest once, and never again when it is played back', async () => {
    const authorization = digest(await nonce(), 'secret', '00000001');
    expect(await gate.check('INVITE', authorization)).toEqual({ kind: 'admitted', user: 'op-1' });
    expect(await gate.check('INVITE', authorization)).toMatchObject({ kind: 'refused' });
  });

  it('refuses a wrong password and asks again for a nonce that it did not give', async () => {
    expect(await gate.check('INVITE', digest(await nonce(), 'guessed', '00000001'))).toMatchObject({ kind: 'refused' });
    expect(await gate.check('INVITE', digest(randomUUID(), 'secret', '00000001'))).toMatchObject({ kind: 'challenge' });
  });
});

describe('the stand-in’s sound', () => {
  it('is μ-law as G.711 has it', () => {
    expect([0, 32_767, -32_768, 1_000, -1_000].map(muLaw)).toEqual([0xff, 0x80, 0x00, 0xce, 0x4e]);
  });

  it('rings 1 s and pauses 4 s', () => {
    const next = tone('%(1000,4000,425)');
    const silent = Array.from({ length: 500 }, () => next().equals(SILENCE));
    expect(silent.filter(Boolean)).toHaveLength(400);
    expect(silent.indexOf(true)).toBe(50);
    expect(silent.slice(250)).toEqual(silent.slice(0, 250));
  });

  it('has the robots of FreeSWITCH’s dialplan, the last of whom answers any number', () => {
    const robots = readContext('robots');
    expect(robots.find(({ expression }) => expression.test('+79001234590'))?.actions).toEqual([{ application: 'hangup', data: 'USER_BUSY' }]);
    expect(robots.at(-1)?.expression.test('+79001234500')).toBe(true);
  });
});
