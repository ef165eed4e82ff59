import { z } from 'zod';

/** Passwords that everybody knows; a start with one is refused. */
const knownPasswords = ['ClueCon', 'password', 'secret', 'changeme', 'admin', '1234'];

const freeswitchUrl = z
  .url({ protocol: /^esl$/, error: 'must look like esl://:password@host:8021' })
  .refine((value) => decodeURIComponent(new URL(value).password).length >= 8, 'needs a password of at least 8 characters: esl://:password@host:8021')
  .refine((value) => !knownPasswords.includes(decodeURIComponent(new URL(value).password)), 'carries a default password that everybody knows; set another in the switch and here');

const schema = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/database' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must look like redis://host:6379' }),
  /**
   * `esl://:password@host:8021?gateway=zadarma&ws=wss://pbx.example.org:7443&sipHosts=sip.example.org`:
   * gateway = the trunk for phone numbers (none: the robots answer), ws = where browsers reach the switch
   * (default ws://host:5066), sipHosts = hosts that a manager's SIP address may name, comma-separated,
   * standIn=1 = it is the stand-in switch of `npm start`, which has no phone network at all.
   */
  FREESWITCH_URL: freeswitchUrl,
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must look like https://exchange.example.org' }).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  SEED_PASSWORD: z.string().min(8, { error: 'needs at least 8 characters' }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface SwitchConfig {
  /** The switch's name in the database. */
  readonly id: string;
  /** Event Socket, `esl://:password@host:port`. */
  readonly eslUrl: string;
  readonly password: string;
  /** Where browsers open SIP over WebSocket. */
  readonly wsUrl: string;
  readonly gateway: string | undefined;
  readonly sipHosts: readonly string[];
  readonly standIn: boolean;
}

export interface Config {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly seedPassword: string | undefined;
  readonly logLevel: string;
  readonly switch: SwitchConfig;
}

/** A bad environment: `message` names each variable and its remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment, once and in this place alone. Throws ConfigError. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return given[name] === undefined ? `${name} is not set. \`npm start\` brings one up; otherwise set it.` : `${name} ${issue.message}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    publicUrl: (values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`).replace(/\/$/, ''),
    dataDir: values.DATA_DIR,
    seedPassword: values.SEED_PASSWORD,
    logLevel: values.LOG_LEVEL,
    switch: readSwitch(values.FREESWITCH_URL),
  };
}

function readSwitch(value: string): SwitchConfig {
  const url = new URL(value);
  return {
    id: url.searchParams.get('id') ?? 'switch-1',
    eslUrl: `esl://:${url.password}@${url.hostname}:${url.port || '8021'}`,
    password: decodeURIComponent(url.password),
    wsUrl: url.searchParams.get('ws') ?? `ws://${url.hostname}:5066`,
    gateway: url.searchParams.get('gateway') ?? undefined,
    sipHosts: (url.searchParams.get('sipHosts') ?? '').split(',').filter(Boolean),
    standIn: url.searchParams.get('standIn') === '1',
  };
}
