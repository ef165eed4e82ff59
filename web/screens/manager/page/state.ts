import type { ManagerRinging, ManagerTransfer, RingingTransfer } from '../../../../domain/api.ts';
import { idle, type PhoneState } from '../../../softphone/state.ts';

/** Everything that a manager's own page shows. */
export interface ManagerPage {
  readonly link: 'opening' | 'open' | 'over';
  readonly campaignName: string;
  readonly server: 'connecting' | 'up' | 'lost';
  /** Whether the browser lets the page sound by itself. */
  readonly aloud: boolean;
  /** What rings and was opened by its own link. */
  readonly ringing: RingingTransfer | null;
  /** The transfer that was accepted, until the next one is waited for. */
  readonly transfer: ManagerTransfer | null;
  readonly phone: PhoneState;
  readonly muted: boolean;
  readonly pending: 'accept' | 'busy' | 'later' | 'outcome' | null;
  readonly notice: { readonly tone: 'plain' | 'wait' | 'no'; readonly text: string } | null;
  /** The server's clock. */
  readonly nowMs: number;
  readonly skewMs: number;
}

export const firstPage = (nowMs: number): ManagerPage => ({
  link: 'opening', campaignName: '', server: 'connecting', aloud: false, ringing: null, transfer: null, phone: idle, muted: false, pending: null, notice: null, nowMs, skewMs: 0,
});

/** What is on the screen, one thing at a time. */
export type Stage = 'opening' | 'linkOver' | 'waiting' | 'ringing' | 'connecting' | 'briefing' | 'handedOver' | 'over';

export function stageOf({ link, ringing, transfer, pending }: ManagerPage): Stage {
  if (link === 'opening') return 'opening';
  if (transfer) {
    if (transfer.stage === 'briefing' || transfer.stage === 'handedOver' || transfer.stage === 'over') return transfer.stage;
    if (transfer.stage === 'missed') return link === 'over' ? 'linkOver' : 'waiting';
    return 'connecting';
  }
  if (ringing) return pending === 'accept' ? 'connecting' : 'ringing';
  return link === 'over' ? 'linkOver' : 'waiting';
}

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
