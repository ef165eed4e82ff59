import type { Cockpit } from '../../../domain/api.ts';
import { day, isSameDay, timeOfDay } from '../../format.ts';
import { language, t } from '../../texts/texts.ts';

/** Only what changes what to do next is said at once; timers never are. */
export function announcementOf(before: Cockpit | null, after: Cockpit): string | null {
  const was = before?.call ?? null;
  const is = after.call;
  if (before === null) return null;
  if (was && (!is || is.id !== was.id)) return was.state === 'ended' ? null : t.operator.said.ended;
  if (!is) return null;
  if (is.answeredAt !== null && was?.answeredAt === null) return t.operator.said.answered(after.contact?.name || t.operator.contact);
  const ended = is.transferEnded;
  if (ended && ended.at !== was?.transferEnded?.at) return t.operator.transferEnded[ended.reason] ?? t.operator.transferEnded['failed'] ?? null;
  if (is.state === 'ended' && was?.state !== 'ended') return is.transfer?.state === 'handedOver' || is.outcome === 'handedOver' ? t.operator.said.handedOver : t.operator.said.ended;
  const state = is.transfer?.state;
  if (state === was?.transfer?.state) return null;
  if (state === 'requested' || (state === 'ringing' && !was?.transfer)) return t.operator.said.callingManager;
  return state === 'briefing' ? t.operator.said.briefing : null;
}

/** A call that nobody answered asks nothing of the operator: what became of it is said when nothing else is. */
export function lastCallOf(before: Cockpit | null, after: Cockpit): string | null {
  const { lastCall } = after;
  if (before === null || lastCall === null || lastCall.at === before.lastCall?.at) return null;
  return lastCallText(lastCall, Date.parse(after.now));
}

export function lastCallText({ contactName, outcome, againAt }: NonNullable<Cockpit['lastCall']>, nowMs: number): string {
  const how = t.operator.unanswered[outcome ?? ''] ?? t.operator.notAnswered.toLowerCase();
  const what = againAt === null ? t.operator.neverAgain : Date.parse(againAt) <= nowMs ? t.operator.againSoon
    : t.operator.againAt(isSameDay(againAt, nowMs) ? null : day(againAt, language), timeOfDay(againAt, language));
  return `${contactName === '' ? t.operator.noName : contactName}: ${how}. ${what}`;
}
