import type { CockpitCall } from './api.ts';
import type { Call, CallState } from './call/call.ts';

/** What the database keeps beside the machine's own state. */
export interface CallColumns {
  readonly machine: Call;
  readonly notes: string;
  /** ISO 8601. */
  readonly notesSavedAt: string | null;
  readonly answers: Readonly<Record<string, string>>;
  readonly scriptVersion: number;
  /** The campaign's managers by id. */
  readonly managerNames: Readonly<Record<string, string>>;
}

/** Who is being asked, or talks with the operator; who will be, while the contact is on the way to the music. */
function managersNow({ asked, managerRing }: Call, names: CallColumns['managerNames']): string {
  const now = asked.filter(({ state }) => state === 'ringing' || state === 'chosen');
  const next = asked.filter(({ state }) => state === 'waiting').slice(0, managerRing === 'together' ? undefined : 1);
  return (now.length > 0 ? now : next).map(({ manager }) => names[manager.id]?.trim() ?? '').filter((name) => name !== '').join(', ');
}

/** The machine's states as the operator sees them: whoever handed over is done with the call, though it goes on. */
const shown: Readonly<Record<CallState, CockpitCall['state']>> = {
  dialling: 'dialling',
  talking: 'talking',
  moving: 'transfer',
  ringingManager: 'transfer',
  joining: 'transfer',
  briefing: 'transfer',
  handingOver: 'transfer',
  handedOver: 'ended',
  waitingManager: 'ended',
  returning: 'transfer',
  waitingOperator: 'transfer',
  farewell: 'transfer',
  ending: 'ending',
  ended: 'ended',
};

/** A call as its operator sees it. `toIso` because domain/ has no clock: ms since the epoch → ISO 8601. */
export function toCockpitCall({ machine, notes, notesSavedAt, answers, scriptVersion, managerNames }: CallColumns, toIso: (ms: number) => string): CockpitCall {
  const iso = (ms: number | null) => (ms === null ? null : toIso(ms));
  const state = machine.state === 'dialling' && machine.ringingAt !== null ? 'ringing' : shown[machine.state];
  return {
    id: machine.id,
    state,
    startedAt: toIso(machine.createdAt),
    answeredAt: iso(machine.answeredAt),
    endedAt: iso(machine.endedAt ?? machine.releasedAt),
    limitAt: state === 'ended' ? null : iso(machine.limitAt),
    hangupCause: machine.hangupCause,
    outcome: machine.outcome,
    talkMs: Math.round(machine.talkMs),
    transfer: machine.transfer && { state: machine.transfer.state, since: toIso(machine.transfer.since), managers: managersNow(machine, managerNames) },
    onHoldSince: iso(machine.holdSince),
    transferEnded: machine.transferEnded && { reason: machine.transferEnded.reason, at: toIso(machine.transferEnded.at) },
    notes,
    notesSavedAt,
    answers,
    scriptVersion,
  };
}
