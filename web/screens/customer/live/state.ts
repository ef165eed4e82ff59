import type { CallResult, Campaign, CampaignCounts, CampaignManager, ResultsPage } from '../../../../domain/api.ts';

/** A manager's personal link that was just made; it is shown this once. */
export interface FreshLink { readonly managerId: string; readonly url: string; readonly copied: boolean }

/** Taking a manager's link back, replacing it, or starting while nobody could take a contact over. */
export type Asking = { readonly what: 'revoke' | 'renew'; readonly managerId: string } | { readonly what: 'start' };
export const askings = ['revoke', 'renew', 'start'] as const;
export const askDialogId = (what: Asking['what']): string => `dialog-${what}`;

/** Managers who take contacts over on a page of their own, which does not stand open. */
export const absentPages = ({ managers }: Pick<Campaign, 'managers'>): readonly CampaignManager[] => managers.filter(({ kind, pageOpen }) => kind === 'page' && !pageOpen);

export interface LivePage {
  readonly campaign: Campaign | null;
  readonly counts: CampaignCounts | null;
  readonly results: readonly CallResult[];
  /** How far the server's clock is before this one's, in milliseconds. */
  readonly aheadMs: number;
  readonly next: string | null;
  readonly busy: boolean;
  readonly stale: boolean;
  readonly notice: string | null;
  /** The notice goes by itself with the next reading. */
  readonly noticePasses: boolean;
  readonly freshLink: FreshLink | null;
  /** What is asked about before it is done. */
  readonly asking: Asking | null;
}
export const emptyLive: LivePage = { campaign: null, counts: null, results: [], aheadMs: 0, next: null, busy: false, stale: false, notice: null, noticePasses: false, freshLink: null, asking: null };

/** An address that opens on the machine of the exchange alone. */
export const isLoopback = (url: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

export const aheadOf = ({ now }: Pick<ResultsPage, 'now'>): number => Date.parse(now) - Date.now();
/** The server's clock, as the page knows it: milliseconds since 1970. */
export const nowOf = ({ aheadMs }: Pick<LivePage, 'aheadMs'>): number => Date.now() + aheadMs;
/** What operator and contact have talked by now, in milliseconds: while they talk it runs. */
export const talkedMs = ({ talkMs, talkingSince }: Pick<CallResult, 'talkMs' | 'talkingSince'>, nowMs: number): number => talkMs + (talkingSince === null ? 0 : Math.max(0, nowMs - Date.parse(talkingSince)));
/** Somebody talks, or a wish may become one that was: the page is drawn anew each second. */
export const isRunning = (results: readonly CallResult[]): boolean => results.some(({ talkingSince, managerCallbackAt }) => talkingSince !== null || managerCallbackAt !== null);

/** The newest page again, over what is already shown: rows change while a call goes on, older ones stay loaded. */
export function withNewest(page: LivePage, newest: ResultsPage): LivePage {
  const fresh = new Set(newest.results.map(({ id }) => id));
  const oldest = newest.results.at(-1)?.at;
  const older = oldest === undefined || newest.next === null ? [] : page.results.filter(({ id, at }) => !fresh.has(id) && at <= oldest);
  return { ...page, counts: newest.counts, aheadMs: aheadOf(newest), results: [...newest.results, ...older], next: older.length > 0 ? page.next : newest.next };
}

export function withOlder(page: LivePage, older: ResultsPage): LivePage {
  const shown = new Set(page.results.map(({ id }) => id));
  return { ...page, results: [...page.results, ...older.results.filter(({ id }) => !shown.has(id))], next: older.next };
}

export const share = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.round((100 * part) / whole));

const steps = ['dialled', 'reached', 'talked', 'interested', 'handedOver'] as const;
export interface FunnelStep { readonly key: (typeof steps)[number]; readonly value: number; readonly percent: number; readonly width: number }
/** Against what was dialled; a step with somebody in it is never invisible. */
export function funnelOf(counts: CampaignCounts): FunnelStep[] {
  return steps.map((key) => {
    const value = counts[key];
    const percent = share(value, counts.dialled);
    return { key, value, percent, width: value === 0 ? 0 : Math.min(100, Math.max(3, percent)) };
  });
}

export function chipLook(result: CallResult): string {
  if (result.state === 'live' && !result.disposition) return 'live';
  switch (result.disposition?.meaning) {
    case 'success': case 'interested': return 'live';
    case 'callback': return 'wait';
    case 'doNotCall': return 'no';
    default: return '';
  }
}
