import { apartOf, heldElsewhere, type LineChoice, stageOf, type OperatorPage } from './state.ts';

/** What a person wants, whether they pressed a key or a button; operator/main.ts carries it out. */
export type Intention =
  | { readonly kind: 'goOnLine' | 'goOffLine' | 'call' | 'skip' | 'hangUp' | 'transfer' | 'handOver' | 'return' | 'backFirst' | 'noManager' | 'mute' | 'pause' | 'resume' | 'pauseAfter' }
  | { readonly kind: 'focusNotes' | 'openAddContact' | 'saveExtraContact' | 'moreTime' | 'noCountdown' | 'showKeys' | 'closeDialog' | 'speakStatus' | 'leaveTask' | 'signOut' | 'closeNotice' }
  | { readonly kind: 'makeDevice' | 'dropDevice' }
  | { readonly kind: 'chooseLine'; readonly choice: LineChoice }
  | { readonly kind: 'take'; readonly campaignId: string }
  | { readonly kind: 'dispose'; readonly key: string }
  | { readonly kind: 'typeCallback'; readonly at: string }
  | { readonly kind: 'callBack'; readonly at: string | null }
  | { readonly kind: 'typeNotes'; readonly text: string }
  | { readonly kind: 'answer'; readonly question: string; readonly value: string }
  | { readonly kind: 'typeExtraContact'; readonly field: 'phone' | 'name' | 'note'; readonly value: string }
  | { readonly kind: 'scrollScript'; readonly down: boolean };

export type Send = (intention: Intention) => void;

/** Moves a call on: whoever asked for it has to know when it was not done. */
export const isDecisive = (intention: Intention | null): boolean => intention !== null && ['call', 'hangUp', 'transfer', 'handOver', 'return', 'dispose'].includes(intention.kind);

/** The verb of a key, in the present state; null where the key means nothing. */
export function intentionOfKey(page: OperatorPage, verb: string, key: string): Intention | null {
  const stage = stageOf(page);
  const inCall = stage === 'during' || stage === 'transfer';
  switch (verb) {
    case 'keys': return { kind: 'showKeys' };
    case 'speakStatus': return { kind: 'speakStatus' };
    case 'choose': return chosen(page, Number(key));
    case 'call':
      if (page.tab === 'call' && stage === 'before') return { kind: 'call' };
      if (page.tab === 'call' && stage === 'paused') return { kind: 'resume' };
      return stage === 'offLine' ? { kind: 'goOnLine' } : null;
    case 'hangUp':
      if (stage === 'transfer' && !endable(page)) return { kind: 'backFirst' };
      if (stage === 'transfer') return { kind: 'hangUp' };
      return stage === 'dialling' || stage === 'during' ? { kind: 'hangUp' } : null;
    case 'transfer': return transferKey(page);
    case 'back': return stage === 'transfer' && !endable(page) ? { kind: 'return' } : null;
    case 'mute': return (inCall || stage === 'dialling') && !heldElsewhere(page) ? { kind: 'mute' } : null;
    case 'notes': return inCall || stage === 'after' ? { kind: 'focusNotes' } : null;
    case 'addContact': return inCall || stage === 'after' ? { kind: 'openAddContact' } : null;
    case 'skip': return page.tab === 'call' && stage === 'before' ? { kind: 'skip' } : null;
    case 'pause':
      if (stage === 'paused') return { kind: 'resume' };
      if (inCall || stage === 'dialling' || stage === 'after') return { kind: 'pauseAfter' };
      return stage === 'before' || stage === 'waiting' ? { kind: 'pause' } : null;
    case 'scriptDown': return { kind: 'scrollScript', down: true };
    case 'scriptUp': return { kind: 'scrollScript', down: false };
    default: return null;
  }
}

/** Nobody waits for this operator's decision: there is nothing to come back to. */
function endable(page: OperatorPage): boolean {
  const call = page.cockpit?.call;
  return call?.state === 'transfer' && ['operatorAway', 'contactGone'].includes(apartOf(call));
}

function transferKey(page: OperatorPage): Intention | null {
  const stage = stageOf(page);
  if (stage === 'during') return page.cockpit?.campaign?.managerName === null ? { kind: 'noManager' } : { kind: 'transfer' };
  return stage === 'transfer' && page.cockpit?.call?.transfer?.state === 'briefing' ? { kind: 'handOver' } : null;
}

function chosen(page: OperatorPage, number: number): Intention | null {
  const stage = stageOf(page);
  if (page.tab === 'tasks' && (stage === 'noTask' || page.cockpit?.call === null)) {
    const task = page.tasks?.[number - 1];
    return task ? { kind: 'take', campaignId: task.id } : null;
  }
  const disposition = stage === 'after' ? page.cockpit?.campaign?.dispositions[number - 1] : undefined;
  return disposition ? { kind: 'dispose', key: disposition.key } : null;
}
