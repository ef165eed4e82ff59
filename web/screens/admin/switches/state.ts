import type { SwitchState } from '../../../../domain/api.ts';

export type SwitchLook = 'up' | 'down' | 'draining' | 'drainingDown' | 'drained' | 'lost' | 'lostUp';

/** One word for how a switch stands. */
export function lookOf({ up, drainingSince, lostSince, empty }: SwitchState): SwitchLook {
  if (lostSince !== null) return up ? 'lostUp' : 'lost';
  if (drainingSince !== null) return empty ? 'drained' : up ? 'draining' : 'drainingDown';
  return up ? 'up' : 'down';
}

export const chipOf: Readonly<Record<SwitchLook, string>> = { up: 'live', down: 'no', draining: 'wait', drainingDown: 'no', drained: '', lost: 'no', lostUp: 'wait' };

/** Since when it is so: a drained or lost one since the administrator said it. */
export const sinceOf = ({ since, drainingSince, lostSince }: SwitchState): string => lostSince ?? drainingSince ?? since;

/** Share of its sessions that are taken, percent; null where it has not said how many it can have. */
export const loadOf = ({ sessions, maxSessions }: SwitchState): number | null => (maxSessions === null ? null : Math.min(100, Math.round((sessions / maxSessions) * 100)));

/** What is asked before it is done. */
export interface Question { readonly id: string; readonly kind: 'lost' | 'drainLast' }

/** Nobody could call while this one is out of service. */
export const isLastInService = (switches: readonly SwitchState[], id: string): boolean => !switches.some((each) => each.id !== id && each.up && each.drainingSince === null);

/** What can be done with a switch now. A lost one comes back only when it is up; one that is up is drained, not lost. */
export function actsOf(state: SwitchState): { readonly drain: boolean; readonly resume: boolean; readonly lose: boolean } {
  const { up, drainingSince, lostSince, mayBeDeclaredLost } = state;
  return { drain: drainingSince === null, resume: drainingSince !== null && (lostSince === null || up), lose: mayBeDeclaredLost && !up };
}
