import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../platform/config.ts';

const needed = { DATABASE_URL: 'postgres://u@127.0.0.1/exchange', REDIS_URL: 'redis://127.0.0.1', FREESWITCH_URL: 'esl://:a-long-password@127.0.0.1:8021' };
const told = (env: Record<string, string>): string => {
  try {
    readConfig({ ...needed, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('the environment', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '127.9.8.7'])('takes an Event Socket on this machine (%s)', (host) => {
    expect(told({ FREESWITCH_URL: `esl://:a-long-password@${host}:8021` })).toBe('');
  });

  it.each(['10.0.0.7', 'switch.example.org', '[fd00::1]', '127.0.0.1.example.org', '0.0.0.0'])('refuses an Event Socket off this machine (%s) unless the tunnel is named', (host) => {
    const url = `esl://:a-long-password@${host}:8021`;
    expect(told({ FREESWITCH_URL: url })).toMatch(/^FREESWITCH_URL leads off this machine.*tunnel=/);
    expect(told({ FREESWITCH_URL: `${url}?tunnel=` })).toMatch(/^FREESWITCH_URL /);
    expect(told({ FREESWITCH_URL: `${url}?tunnel=wireguard` })).toBe('');
  });

  it('keeps the directory on this machine unless its tunnel is named', () => {
    expect(readConfig(needed).directory).toEqual({ host: '127.0.0.1', port: 3080 });
    expect(told({ DIRECTORY_LISTEN: '0.0.0.0:3080' })).toMatch(/^DIRECTORY_LISTEN is off this machine.*DIRECTORY_TUNNEL/);
    expect(readConfig({ ...needed, DIRECTORY_LISTEN: '10.0.0.2:3080', DIRECTORY_TUNNEL: 'wireguard' }).directory).toEqual({ host: '10.0.0.2', port: 3080 });
    expect(told({ DIRECTORY_LISTEN: '127.0.0.1' })).toMatch(/^DIRECTORY_LISTEN must look like/);
    expect(told({ DIRECTORY_LISTEN: '127.0.0.1:70000' })).toMatch(/^DIRECTORY_LISTEN /);
  });

  it('has a secret for the directory that is not the Event Socket’s password, and the same one on each start', () => {
    const { password, directorySecret } = readConfig(needed).switch;
    expect(directorySecret).not.toContain(password);
    expect(readConfig(needed).switch.directorySecret).toBe(directorySecret);
    expect(directorySecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readConfig({ ...needed, DIRECTORY_SECRET: 'another-secret-of-the-house' }).switch.directorySecret).toBe('another-secret-of-the-house');
    expect(told({ DIRECTORY_SECRET: 'a-long-password', FREESWITCH_URL: 'esl://:a-long-password@127.0.0.1' })).toMatch(/^DIRECTORY_SECRET /);
    expect(told({ DIRECTORY_SECRET: 'a-long-password-2', FREESWITCH_URL: 'esl://:a-long-password-2@127.0.0.1' })).toMatch(/^DIRECTORY_SECRET is the password of the Event Socket/);
  });

  it.each(['ClueCon', 'password', 'changeme'])('refuses the password that everybody knows (%s)', (password) => {
    expect(told({ FREESWITCH_URL: `esl://:${password}@127.0.0.1:8021` })).toMatch(/^FREESWITCH_URL /);
  });
});

describe('a password that everybody knows', () => {
  it.each([
    ['FREESWITCH_URL', 'esl://:ClueCon-@127.0.0.1:8021'], ['FREESWITCH_URL', 'esl://:Password1@127.0.0.1:8021'], ['SEED_PASSWORD', 'password'], ['SEED_PASSWORD', 'Changeme123'],
    ['REDIS_URL', 'redis://:redis@10.0.0.2'], ['SMTP_URL', 'smtp://user:secret@mail.example.org'], ['DATABASE_URL', 'postgres://postgres:postgres@db.example.org/exchange'],
  ])('in %s stops the start (%s)', (name, value) => expect(told({ [name]: value })).toMatch(new RegExp(`^${name} `)));

  it('of a database is let pass only where database and site are this machine’s alone', () => {
    const local = 'postgres://postgres:postgres@127.0.0.1/exchange';
    expect(told({ DATABASE_URL: local })).toBe('');
    expect(told({ DATABASE_URL: local, PUBLIC_URL: 'https://exchange.example.org' })).toMatch(/^DATABASE_URL carries a default password/);
  });

  it.each(['short', 'changeme'.repeat(5), 'a'.repeat(44)])('or no key at all is no SECRET_KEY (%s)', (value) => expect(told({ SECRET_KEY: value })).toMatch(/^SECRET_KEY /));
});

describe('an address that is none', () => {
  const names = ['DATABASE_URL', 'REDIS_URL', 'FREESWITCH_URL', 'PUBLIC_URL', 'RECORDINGS_URL', 'SMTP_URL'];
  it.each(names.flatMap((name) => ['bad', '://', 'ftp://x', 'http://', ' ', '127.0.0.1:8021', '[', '%', 'javascript:alert(1)'].map((value) => [name, value] as const)))('in %s is told by its name and its remedy, once (%j)', (name, value) => {
    expect(told({ [name]: value })).toMatch(new RegExp(`^${name} must look like [a-z0-9]+://[^\\n]*$`));
  });

  it('is told with all the others', () => {
    const lines = told(Object.fromEntries(names.map((name) => [name, 'bad']))).split('\n');
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([...names].sort());
  });

  it.each([['FREESWITCH_URL', 'esl://:long-100%-sure@127.0.0.1'], ['DATABASE_URL', 'postgres://u:%zz@127.0.0.1/x'], ['REDIS_URL', 'redis://:50%@127.0.0.1'], ['SMTP_URL', 'smtp://u%:p@mail.example.org'], ['RECORDINGS_URL', 's3://key:%E0%A4%A@s3.example.org/bucket']])(
    'nor is a login with a bare percent sign in %s', (name, value) => expect(told({ [name]: value })).toMatch(new RegExp(`^${name} has a % .* as %25$`)));
});
