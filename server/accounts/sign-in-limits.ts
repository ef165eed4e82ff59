import type { Db } from '../../platform/postgres/database.ts';
import { openRateLimit, type RateLimit } from '../../platform/postgres/rate-limits.ts';

const quarterHourMs = 900_000;
const dayMs = 86_400_000;

/** Who is counted: a known browser by itself, anybody else by account and address. */
export type Guesser = { readonly device: string } | { readonly account: string; readonly address: string };

/** Failures only: a try that succeeds is given back. */
export interface Guesses {
  /** Counts a try before it is judged, so that tries all at once are counted, too. @returns ms to wait; 0 when it may go on */
  take(guesser: Guesser): Promise<number>;
  succeeded(guesser: Guesser): Promise<void>;
}

interface Limits { readonly device: readonly RateLimit[]; readonly pair: readonly RateLimit[]; readonly account: readonly RateLimit[]; readonly address: readonly RateLimit[] }

/** Nobody's account is ever locked: at worst browsers that never signed in to it wait while somebody guesses. */
function guesses({ device, pair, account, address }: Limits): Guesses {
  const counted = (guesser: Guesser): (readonly [RateLimit, string, 'forget' | 'giveBack'])[] => {
    if ('device' in guesser) return device.map((limit) => [limit, guesser.device, 'forget'] as const);
    const who = guesser.account.slice(0, 100);
    return [
      ...pair.map((limit) => [limit, `${who} ${guesser.address}`, 'forget'] as const),
      ...account.map((limit) => [limit, who, 'giveBack'] as const),
      ...address.map((limit) => [limit, guesser.address, 'giveBack'] as const),
    ];
  };
  return {
    take: async (guesser) => Math.max(0, ...(await Promise.all(counted(guesser).map(([limit, key]) => limit.take(key))))),
    async succeeded(guesser) {
      await Promise.all(counted(guesser).map(([limit, key, how]) => limit[how](key)));
    },
  };
}

export interface AccountLimits {
  readonly password: Guesses;
  /** The second step: a million codes, three of them right at any moment. */
  readonly code: Guesses;
  /** Letters to one account; asked for by anybody, so that the excess is left out in silence. */
  readonly letters: RateLimit;
  /** Asking for letters and opening links, by address. */
  readonly resets: RateLimit;
  /** Checks of the own password on the account's page. */
  readonly ownPassword: RateLimit;
}

export function openAccountLimits(db: Db): AccountLimits {
  const limit = (name: string, points: number, durationMs = quarterHourMs) => openRateLimit(db, { name, points, durationMs });
  return {
    password: guesses({ device: [limit('sign-in-device', 10)], pair: [limit('sign-in', 10)], account: [limit('sign-in-account', 100)], address: [limit('sign-in-address', 100)] }),
    code: guesses({ device: [limit('code-device', 5), limit('code-device-day', 30, dayMs)], pair: [], account: [limit('code-account', 5), limit('code-account-day', 20, dayMs)], address: [limit('code-address', 50)] }),
    letters: limit('reset-letters', 3, 3_600_000),
    resets: limit('reset-address', 20),
    ownPassword: limit('own-password', 10),
  };
}
