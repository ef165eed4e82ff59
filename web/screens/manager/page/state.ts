import type { ManagerRinging, ManagerTransfer, RingingTransfer } from '../../../../domain/api.ts';
import { idle, isOnLine, type PhoneState } from '../../../softphone/state.ts';

/** Everything that a manager's own page shows. */
export interface ManagerPage {
  readonly link: 'opening' | 'open' | 'over';
  readonly campaignName: string;
  /** Whether earlier transfers can be seen, by signing in. */
  readonly hasLogin: boolean;
  readonly server: 'connecting' | 'up' | 'lost';
  /** Whether the browser lets the page sound by itself. */
  readonly aloud: boolean;
  /** What rings and was opened by its own link. */
  readonly ringing: RingingTransfer | null;
  /** The transfer that was accepted, until the next one is waited for. */
  readonly transfer: ManagerTransfer | null;
  /** Taken up by a page that was loaded anew: its line is not the one of that call. */
  readonly resumed: boolean;
  readonly phone: PhoneState;
  readonly muted: boolean;
  readonly pending: 'accept' | 'busy' | 'later' | 'outcome' | null;
  readonly notice: { readonly tone: 'plain' | 'wait' | 'no'; readonly text: string } | null;
  /** What stands on the screen has just changed: a tap was meant for what stood there before. */
  readonly settling: boolean;
  /** The server's clock. */
  readonly nowMs: number;
  readonly skewMs: number;
}

export const firstPage = (nowMs: number): ManagerPage => ({
  link: 'opening', campaignName: '', hasLogin: false, server: 'connecting', aloud: false, ringing: null, transfer: null, resumed: false, phone: idle, muted: false, pending: null, notice: null, settling: false, nowMs, skewMs: 0,
});

/** What is on the screen, one thing at a time. */
export type Stage = 'opening' | 'linkOver' | 'waiting' | 'ringing' | 'connecting' | 'briefing' | 'handedOver' | 'elsewhere' | 'over';

export function stageOf({ link, ringing, transfer, resumed, phone, pending }: ManagerPage): Stage {
  if (link === 'opening') return 'opening';
  if (transfer) {
    if (resumed && transfer.stage === 'handedOver' && !isOnLine(phone)) return 'elsewhere';
    if (transfer.stage === 'briefing' || transfer.stage === 'handedOver' || transfer.stage === 'over') return transfer.stage;
    if (transfer.stage === 'missed') return link === 'over' ? 'linkOver' : 'waiting';
    return 'connecting';
  }
  if (ringing) return pending === 'accept' ? 'connecting' : 'ringing';
  return link === 'over' ? 'linkOver' : 'waiting';
}

/** A call is lost by leaving the page now. */
export const isInCall = (page: ManagerPage): boolean => isOnLine(page.phone) && ['connecting', 'briefing', 'handedOver'].includes(stageOf(page));

/** Whether a tap that comes now would meet something else than it was aimed at. */
export const isOtherScreen = (one: ManagerPage, other: ManagerPage): boolean => stageOf(one) !== stageOf(other) || (one.notice === null) !== (other.notice === null);

export const sinceMs = (page: ManagerPage, iso: string): number => Math.max(0, page.nowMs - Date.parse(iso));

/** The clock of whoever tells the time of the hold. */
export const withClock = (page: ManagerPage, serverNow: string, localNow: number): ManagerPage => {
  const skewMs = Date.parse(serverNow) - localNow;
  return { ...page, skewMs, nowMs: localNow + skewMs };
};

/** What the socket told: a transfer that stopped ringing without us goes from the screen. @returns the page, and the token to open a new one with */
export function withRinging(page: ManagerPage, told: ManagerRinging, localNow: number): { page: ManagerPage; token: string | null; gone: boolean } {
  const clocked = withClock(page, told.now, localNow);
  const gone = page.ringing !== null && page.pending !== 'accept' && told.transfer?.id !== page.ringing.id;
  const next = gone ? { ...clocked, ringing: null } : clocked;
  // One conversation at a time: whoever talks is not rung.
  const isBusy = page.transfer !== null && page.transfer.stage !== 'over' && page.transfer.stage !== 'missed';
  return { page: next, token: isBusy ? null : told.token, gone };
}
