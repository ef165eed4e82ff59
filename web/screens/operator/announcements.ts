import type { Cockpit } from '../../../domain/api.ts';
import { t } from '../../texts/texts.ts';

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

/** A call that nobody answered asks nothing of the operator; what became of it is said beside the next contact. */
export function unansweredOf(before: Cockpit | null, after: Cockpit): string | null {
  const was = before?.call;
  if (!was || was.answeredAt !== null || after.call?.id === was.id || before.operator.state === 'wrapUp' || after.operator.state === 'wrapUp') return null;
  return t.operator.lastCall(before.contact?.name || t.operator.contact, t.operator.cause[was.hangupCause ?? ''] ?? t.operator.notAnswered);
}
