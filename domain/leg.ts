/**
 * Legs and where they lead: what the call machine, the controller and the switch agree on.
 * A **leg** is one side of a call of ours; FreeSWITCH's object is a **channel**. A leg's id is its channel's uuid.
 */

/** Channel uuid (RFC 4122, lower case). Chosen by us (`origination_uuid`) but for a browser's leg, which has FreeSWITCH's own. */
export type LegId = string;

/** What a leg is for. Never A/B-leg. */
export type LegRole = 'operator' | 'contact' | 'manager';

/**
 * Where a leg is dialled. Built only from validated parts; becomes a dial string in `calls-controller/esl/dial-string.ts` alone.
 * `phone` goes out by the switch's gateway, or to the robots where the switch has none (a practice line).
 */
export type Destination =
  | { readonly kind: 'phone'; readonly e164: string; readonly extension?: string }
  | { readonly kind: 'sip'; readonly user: string; readonly host: string }
  /** An operator's own SIP phone, where it is registered now. */
  | { readonly kind: 'device'; readonly user: string };

/** A hangup cause as the network or FreeSWITCH words it (Q.850 names, e.g. `USER_BUSY`), kept as it came. */
export type HangupCause = string;

/** Causes that we ourselves give a leg. */
export type OurHangupCause = 'NORMAL_CLEARING' | 'ORIGINATOR_CANCEL' | 'ALLOTTED_TIMEOUT';

/** One channel of a `show channels` snapshot. */
export interface ChannelSnapshot {
  readonly leg: LegId;
  readonly state: string;
  readonly callState: string;
  readonly createdAt: number;
  readonly bridgedTo?: LegId;
}
