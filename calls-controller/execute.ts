import type { CallCommand } from '../domain/call/command.ts';
import type { CallEvent } from '../domain/call/event.ts';
import type { OrderResult, Switch } from './esl/switch.ts';
import type { Recorder } from './recordings/recorder.ts';

/** Legs and managers wait parked at most this long: nothing lives for ever when the controller is gone. */
export const parkTimeoutMs = 30_000;
/** The operator's standing leg; the page's heartbeat ends it earlier. */
export const standingParkTimeoutMs = 8 * 3_600_000;

/** How an order fared; `notAllowed`: not given to the switch, since the number may not be telephoned. */
export type Carried = OrderResult | { readonly ok: false; readonly reason: 'notAllowed'; readonly reply: string };

export interface Hands {
  readonly target: Switch;
  readonly recorder: Pick<Recorder, 'carryOut'>;
  /** Why a manager's number may not be telephoned now; undefined when it may. */
  readonly judgeManager: (callId: string, e164: string) => Promise<string | undefined>;
}

/** Carries one order out. Never throws; what it has come to is seen by the leg's own events. */
export function execute({ target, recorder, judgeManager }: Hands, callId: string, command: CallCommand): Promise<Carried | undefined> {
  switch (command.type) {
    case 'ArmLeg': return target.arm(command.leg, command.role, command.role === 'operator' ? standingParkTimeoutMs : parkTimeoutMs);
    case 'DialContact': {
      const { operatorLeg, contactLeg, destination, ringTimeoutMs, callerId, limitMs } = command;
      return target.dialContact({ operatorLeg, contactLeg, destination, ringTimeoutMs, limitMs, ...(callerId === null ? {} : { callerId }) });
    }
    case 'OriginateLeg': return ringManager({ target, judgeManager }, callId, command);
    case 'PlayToLeg': return target.playMusic(command.leg);
    case 'BridgeLegs': return target.bridge(command.leg, command.other);
    case 'HangupLeg': return target.hangup(command.leg, command.cause);
    case 'ScheduleHangup': return target.scheduleHangup(command.leg, command.afterMs);
    case 'CancelScheduledHangup': return target.cancelScheduledHangup(command.leg);
    case 'AnnounceRecording': case 'StartRecording': case 'StopRecording': return recorder.carryOut(callId, command);
    case 'SetDeadline': case 'ClearDeadline': case 'ReleaseOperator': case 'AnnounceCall': case 'InviteManager': case 'RecordInvitation': case 'NoteUnrecorded': return Promise.resolve(undefined);
    default: return command satisfies never;
  }
}

/** The last word on a manager's number is said when it is dialled: a transfer comes long after the contact's dial. */
async function ringManager({ target, judgeManager }: Pick<Hands, 'target' | 'judgeManager'>, callId: string, { leg, destination, ringTimeoutMs, callerId, acceptKey }: Extract<CallCommand, { type: 'OriginateLeg' }>): Promise<Carried> {
  if (destination.kind === 'phone') {
    try {
      const refusal = await judgeManager(callId, destination.e164);
      if (refusal !== undefined) return { ok: false, reason: 'notAllowed', reply: refusal };
    } catch (error) {
      return { ok: false, reason: 'refused', reply: `not judged: ${(error as Error).message}` };
    }
  }
  return target.originateParked({ leg, destination, ringTimeoutMs, ...(callerId === null ? {} : { callerId }), ...(acceptKey === null ? {} : { acceptKey }) });
}

/** What a failed order means to the call. `unknown` is left to the leg's events and the reconciler. */
export function eventOfFailure(command: CallCommand, result: Carried, at: number): CallEvent | undefined {
  if (result.ok) return undefined;
  // Whoever may not have been told is not recorded.
  if (command.type === 'AnnounceRecording') return { type: 'AnnouncementFailed', reason: result.reply, at };
  if (result.reason === 'unknown') return undefined;
  switch (command.type) {
    case 'DialContact': return { type: 'OriginateFailed', leg: command.contactLeg, fate: 'refused', reason: result.reply, at };
    case 'OriginateLeg': return { type: 'OriginateFailed', leg: command.leg, fate: result.reason === 'notAllowed' ? 'notAllowed' : 'refused', reason: result.reply, at };
    case 'PlayToLeg': return { type: 'MoveFailed', legs: [command.leg], reason: result.reply, at };
    case 'BridgeLegs': return { type: 'MoveFailed', legs: [command.leg, command.other], reason: result.reply, at };
    default: return undefined;
  }
}
