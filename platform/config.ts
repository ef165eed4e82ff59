import path from 'node:path';
import { z } from 'zod';
import { derivedDirectorySecret } from './directory-secret.ts';
import { isKnownPassword } from './known-passwords.ts';
import { isLoopback, tunnelName } from './loopback.ts';
import type { S3Config } from './recordings/s3-store.ts';
import { readTrunkConfig, type TrunkConfig } from './trunk-config.ts';

const passwordOf = (url: string): string => decodeURIComponent(new URL(url).password);
const canDecode = (url: string): boolean => {
  try {
    const { username, password } = new URL(url);
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
};
/** An address that is none is told by its own remedy alone: what is asked of it afterwards can count on one that can be read. */
const urlLike = (protocol: RegExp, error: string) =>
  z.url({ protocol, error, abort: true }).refine(canDecode, { error: 'has a % in its user or password that stands for no character: write each % of them as %25', abort: true });
/** No host is a socket of this machine. */
const isLocal = (url: string): boolean => new URL(url).hostname === '' || isLoopback(new URL(url).hostname);
const carriesKnown = 'carries a default password that everybody knows; set another there and here';

const freeswitchUrl = urlLike(/^esl$/, 'must look like esl://:password@host:8021')
  .refine((value) => passwordOf(value).length >= 8, 'needs a password of at least 8 characters: esl://:password@host:8021')
  .refine((value) => !isKnownPassword(passwordOf(value)), 'carries a default password that everybody knows; set another in the switch and here')
  .superRefine((value, context) => {
    const { error } = readTrunkConfig(new URL(value).searchParams);
    if (error !== undefined) context.addIssue({ code: 'custom', message: error });
  })
  .refine((value) => isLoopback(new URL(value).hostname) || tunnelName.test(new URL(value).searchParams.get('tunnel') ?? ''),
    'leads off this machine, and the Event Socket is not encrypted: name the end of a tunnel on loopback (ssh -L), or add tunnel=<the name of the tunnel that this address belongs to>, for example &tunnel=wireguard');

const directoryListen = z
  .string()
  .regex(/^(?:[0-9.]{7,15}|localhost|\[[0-9a-fA-F:]{2,39}\]):[0-9]{1,5}$/, { error: 'must look like 127.0.0.1:3080' })
  .refine((value) => Number(portOf(value)) <= 65_535, 'has a port above 65535');
const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');

const schema = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535).default(3000),
  DATABASE_URL: urlLike(/^postgres(ql)?$/, 'must look like postgres://user:password@host:5432/database'),
  REDIS_URL: urlLike(/^rediss?$/, 'must look like redis://host:6379').refine((value) => !isKnownPassword(passwordOf(value)), carriesKnown),
  /**
   * `esl://:password@host:8021?gateway=zadarma&ws=wss://pbx.example.org:7443&sipHosts=sip.example.org`:
   * gateway = the trunk for phone numbers (none: the robots answer), ws = where browsers reach the switch
   * (default ws://host:5066), sip = where operators' own SIP phones register (default host:5070), sipHosts = hosts that a manager's SIP address may name, comma-separated,
   * callerId, countries, callsPerSecond, concurrency, pricePerMinute = of that trunk at first (platform/trunk-config.ts),
   * tunnel = the name of the tunnel that a host off this machine is reached by,
   * standIn=1 = it is the stand-in switch of `npm start`, which has no phone network at all.
   */
  FREESWITCH_URL: freeswitchUrl,
  /** Where the server answers the switches that ask who may call in: an address and a port of its own, 0 takes a free one. */
  DIRECTORY_LISTEN: directoryListen.default('127.0.0.1:3080'),
  /** The tunnel that a DIRECTORY_LISTEN off this machine belongs to. */
  DIRECTORY_TUNNEL: z.string().regex(tunnelName, 'names a tunnel in at most 40 letters, digits, dots, - and _').optional(),
  /** EXCHANGE_DIRECTORY_SECRET of the switch. */
  DIRECTORY_SECRET: z.string().regex(/^[A-Za-z0-9_-]{16,}$/, { error: 'needs at least 16 letters, digits, - and _' }).optional(),
  PUBLIC_URL: urlLike(/^https?$/, 'must look like https://exchange.example.org').optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  /** Where the sound of calls is kept: `s3://key:secret@host/bucket/prefix?region=eu-central-1` (`&tls=0` without TLS); default a folder in DATA_DIR. */
  RECORDINGS_URL: urlLike(/^s3$/, 'must look like s3://key:secret@s3.example.org/bucket?region=eu-central-1; unset it for a folder in DATA_DIR')
    .refine((value) => new URL(value).username !== '' && new URL(value).password !== '', 'needs a key and a secret: s3://key:secret@s3.example.org/bucket')
    .refine((value) => /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9._-]+)*\/?$/.test(new URL(value).pathname), 'needs a bucket: s3://key:secret@s3.example.org/bucket')
    .optional(),
  /** Where the switch writes while a call is recorded: on the host of the switch and its controller. */
  RECORDINGS_SPOOL: z.string().regex(/^\//, 'must be an absolute path').optional(),
  /** With less free space there no recording is started. */
  RECORDINGS_MIN_FREE_MB: z.coerce.number({ error: 'must be a number of megabytes' }).int().min(1).max(10_000_000).default(500),
  SEED_PASSWORD: z.string().min(8, { error: 'needs at least 8 characters' }).refine((value) => !isKnownPassword(value), 'is one that everybody knows; choose another').optional(),
  /** Seals second factors in the database. */
  SECRET_KEY: z.string().min(32, { error: 'needs at least 32 characters, made at random: `openssl rand -base64 32`' }).refine((value) => new Set(value).size >= 10, 'is not random: `openssl rand -base64 32` makes one').optional(),
  /** Where letters go out: `smtp://user:password@host:587`, `smtps://…`. */
  SMTP_URL: urlLike(/^smtps?$/, 'must look like smtp://user:password@host:587').refine((value) => !isKnownPassword(passwordOf(value)), carriesKnown).optional(),
  MAIL_FROM: z.string().regex(/^[^\r\n]*[^@\s]@[^@\s]+$/, { error: 'must look like Exchange <exchange@example.org>' }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})
  .refine((env) => isLoopback(hostOf(env.DIRECTORY_LISTEN)) || env.DIRECTORY_TUNNEL !== undefined, { path: ['DIRECTORY_LISTEN'], error: 'is off this machine: only a switch behind a tunnel may ask there; name the tunnel in DIRECTORY_TUNNEL, or listen on 127.0.0.1' })
  .refine((env) => env.DIRECTORY_SECRET === undefined || env.DIRECTORY_SECRET !== decodeURIComponent(new URL(env.FREESWITCH_URL).password), { path: ['DIRECTORY_SECRET'], error: 'is the password of the Event Socket: choose another, so that one does not open the other' });

export interface SwitchConfig {
  /** The switch's name in the database. */
  readonly id: string;
  /** Event Socket, `esl://:password@host:port`. */
  readonly eslUrl: string;
  readonly password: string;
  /** What the switch proves itself with when it asks the directory. */
  readonly directorySecret: string;
  /** Where browsers open SIP over WebSocket. */
  readonly wsUrl: string;
  /** host:port where operators' own SIP phones register. */
  readonly sipAddress: string;
  readonly gateway: string | undefined;
  /** Of that gateway, for its row in `trunks` when there is none yet. */
  readonly trunk: TrunkConfig | undefined;
  readonly sipHosts: readonly string[];
  readonly standIn: boolean;
}

export interface RecordingsConfig {
  readonly spoolDir: string;
  readonly minFreeBytes: number;
  readonly store: { readonly kind: 'folder'; readonly directory: string } | S3Config;
}

export interface Config {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly seedPassword: string | undefined;
  /** Undefined: the one in DATA_DIR (see platform/secret-key.ts). */
  readonly secretKey: string | undefined;
  /** Undefined: letters are files in DATA_DIR/mail. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly logLevel: string;
  /** The directory's own listener. */
  readonly directory: { readonly host: string; readonly port: number };
  readonly switch: SwitchConfig;
  readonly recordings: RecordingsConfig;
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
  const publicUrl = (values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`).replace(/\/$/, '');
  refuseKnownDatabasePassword(values.DATABASE_URL, publicUrl);
  return {
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    publicUrl,
    dataDir: values.DATA_DIR,
    seedPassword: values.SEED_PASSWORD,
    secretKey: values.SECRET_KEY,
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM ?? `Exchange <exchange@${new URL(publicUrl).hostname}>`,
    logLevel: values.LOG_LEVEL,
    directory: { host: hostOf(values.DIRECTORY_LISTEN), port: Number(portOf(values.DIRECTORY_LISTEN)) },
    switch: readSwitch(values.FREESWITCH_URL, values.DIRECTORY_SECRET),
    recordings: readRecordings(values),
  };
}

function readRecordings({ DATA_DIR, RECORDINGS_URL, RECORDINGS_SPOOL, RECORDINGS_MIN_FREE_MB }: z.infer<typeof schema>): RecordingsConfig {
  const directory = path.resolve(DATA_DIR, 'recordings');
  return {
    spoolDir: RECORDINGS_SPOOL ?? path.join(directory, 'spool'),
    minFreeBytes: RECORDINGS_MIN_FREE_MB * 1024 * 1024,
    store: RECORDINGS_URL === undefined ? { kind: 'folder', directory } : readS3(new URL(RECORDINGS_URL)),
  };
}

function readS3(url: URL): S3Config {
  const [bucket = '', ...prefix] = url.pathname.split('/').filter(Boolean);
  return {
    kind: 's3', bucket, prefix: prefix.join('/'), endpoint: `${url.searchParams.get('tls') === '0' ? 'http' : 'https'}://${url.host}`,
    region: url.searchParams.get('region') ?? 'us-east-1', accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password),
  };
}

/** A database of this machine alone, for a site of this machine alone, may keep the password that its package gave it. */
function refuseKnownDatabasePassword(databaseUrl: string, publicUrl: string): void {
  if (isKnownPassword(passwordOf(databaseUrl)) && !(isLocal(databaseUrl) && isLocal(publicUrl))) throw new ConfigError(`DATABASE_URL ${carriesKnown}`);
}

function readSwitch(value: string, directorySecret: string | undefined): SwitchConfig {
  const url = new URL(value);
  const password = decodeURIComponent(url.password);
  return {
    id: url.searchParams.get('id') ?? 'switch-1',
    eslUrl: `esl://:${url.password}@${url.hostname}:${url.port || '8021'}`,
    password,
    directorySecret: directorySecret ?? derivedDirectorySecret(password),
    wsUrl: url.searchParams.get('ws') ?? `ws://${url.hostname}:5066`,
    sipAddress: url.searchParams.get('sip') ?? `${url.hostname}:5070`,
    gateway: url.searchParams.get('gateway') ?? undefined,
    trunk: readTrunkConfig(url.searchParams).trunk,
    sipHosts: (url.searchParams.get('sipHosts') ?? '').split(',').filter(Boolean),
    standIn: url.searchParams.get('standIn') === '1',
  };
}
