import { handedOverLimitMs, managerRingTimeoutMs, switchMarginMs, transferGraceMs } from './call/draft.ts';

const minutes = (ms: number): bigint => BigInt(Math.ceil(ms / 60_000));

export interface CallPrices {
  /** Of a started minute, minor units. */
  readonly contactPerMinute: bigint;
  /** The dearest of the managers' telephones; 0 where none is telephoned. */
  readonly managerPerMinute: bigint;
  readonly telephonedManagers: number;
  readonly mayHandOver: boolean;
  readonly maxDurationMs: number;
}

/**
 * The most that a call can cost the house at its trunk, in minor units: the longest talk that its limits allow, a transfer
 * that puts them off, the longest talk with the manager; of managers who are rung and not chosen a minute each.
 */
export function mostACallCosts({ contactPerMinute, managerPerMinute, telephonedManagers, mayHandOver, maxDurationMs }: CallPrices): bigint {
  const talkMs = maxDurationMs + transferGraceMs + switchMarginMs;
  const afterwardsMs = mayHandOver ? handedOverLimitMs + switchMarginMs : 0;
  const contact = contactPerMinute * minutes(talkMs + afterwardsMs);
  if (telephonedManagers === 0) return contact;
  return contact + managerPerMinute * (minutes(talkMs + afterwardsMs + managerRingTimeoutMs) + BigInt(telephonedManagers - 1));
}
