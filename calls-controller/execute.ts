import type { CallCommand } from '../domain/call/command.ts';
import type { CallEvent } from '../domain/call/event.ts';
import type { OrderResult, Switch } from './esl/switch.ts';
import type { Recorder } from './recordings/recorder.ts';

/** Legs and managers wait parked at most this long: nothing lives for ever when the controller is gone. */
export const parkTimeoutMs = 30_000;
/** The operator's standing leg; the page's heartbeat ends it earlier. */
export const standingParkTimeoutMs = 8 * 3_600_000;

/** Carries one order out. Never throws; what it has come to is seen by the leg's own events. */
export function execute({ target, recorder }: { target: Switch; recorder: Pick<Recorder, 'carryOut'> }, callId: string, command: CallCommand): Promise<OrderResult | undefined> {
  switch (command.type) {
    case 'ArmLeg': return target.arm(command.leg, command.role, command.role === 'operator' ? standingParkTimeoutMs : parkTimeoutMs);
    case 'DialContact': {
      const { operatorLeg, contactLeg, destination, ringTimeoutMs, callerId, limitMs } = command;
      return target.dialContact({ operatorLeg, contactLeg, destination, ringTimeoutMs, limitMs, ...(callerId === null ? {} : { callerId }) });
    }
    case 'OriginateLeg': {
      const { leg, destination, ringTimeoutMs, callerId, acceptKey } = command;
      return target.originateParked({ leg, destination, ringTimeoutMs, ...(callerId === null ? {} : { callerId }), ...(acceptKey === null ? {} : { acceptKey }) });
    }
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

/** What a failed order means to the call. `unknown` is left to the leg's events and the reconciler. */
export function eventOfFailure(command: CallCommand, result: OrderResult, at: number): CallEvent | undefined {
  if (result.ok) return undefined;
  // Whoever may not have been told is not recorded.
  if (command.type === 'AnnounceRecording') return { type: 'AnnouncementFailed', reason: result.reply, at };
  if (result.reason === 'unknown') return undefined;
  switch (command.type) {
    case 'DialContact': return { type: 'OriginateFailed', leg: command.contactLeg, fate: 'refused', reason: result.reply, at };
    case 'OriginateLeg': return { type: 'OriginateFailed', leg: command.leg, fate: 'refused', reason: result.reply, at };
    case 'PlayToLeg': return { type: 'MoveFailed', legs: [command.leg], reason: result.reply, at };
    case 'BridgeLegs': return { type: 'MoveFailed', legs: [command.leg, command.other], reason: result.reply, at };
    default: return undefined;
  }
}
