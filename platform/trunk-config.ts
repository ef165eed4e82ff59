import { z } from 'zod';

/** What FREESWITCH_URL says of the trunk that it names, for the trunk's row when there is none yet. */
export interface TrunkConfig {
  readonly gateway: string;
  readonly callsPerSecond: number;
  readonly concurrency: number;
  /** Of a started minute, minor units. */
  readonly pricePerMinute: number;
  /** E.164. */
  readonly callerId: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
}

const whole = (least: number, most: number, fallback: number) => z.coerce.number().int().min(least).max(most).default(fallback);

/** Careful until the administrator says otherwise: one country, few calls, a price that is rather too high. */
const schema = z.object({
  gateway: z.string().regex(/^[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?$/, 'gateway is a name of small letters, digits, - and _'),
  callsPerSecond: whole(1, 1_000, 5),
  concurrency: whole(1, 10_000, 30),
  pricePerMinute: whole(0, 1_000_000, 1_000),
  callerId: z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'callerId looks like +74951234567 (write the plus as %2B)').nullable().default(null),
  countries: z.string().toUpperCase().regex(/^[A-Z]{2}(?:,[A-Z]{2})*$/, 'countries looks like RU,KZ').default('RU').transform((text) => text.split(',')),
});

/** The trunk of a switch's address; undefined where it names none. @returns what is wrong with it, in words, as `error` */
export function readTrunkConfig(parameters: URLSearchParams): { readonly trunk?: TrunkConfig; readonly error?: string } {
  if (!parameters.has('gateway')) return {};
  const read = schema.safeParse(Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)]] : []))));
  if (read.success) return { trunk: read.data };
  const [issue] = read.error.issues;
  const name = String(issue?.path[0]);
  return { error: `carries a ${name} that cannot be read: ${issue?.message.startsWith(name) ? issue.message : `${name} ${issue?.message}`}` };
}
