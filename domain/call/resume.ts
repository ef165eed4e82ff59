import type { Call } from './call.ts';
import type { CallCommand } from './command.ts';

/**
 * Whether an order that a former controller gave, and whose answer nobody saw, is to be given again. The record has been
 * compared with the switch before: what happened after all has moved the call on, and the order is not wanted any more.
 * A dial never is: a telephone that may have rung does not ring a second time.
 */
export function stillWanted(call: Call, command: CallCommand): boolean {
  const alive = (leg: string): boolean => call.legs[leg] !== undefined && call.legs[leg].status !== 'gone';
  switch (command.type) {
    // The operator's leg may serve another call by now.
    case 'ArmLeg': return alive(command.leg) && (command.role !== 'operator' || (call.releasedAt === null && command.leg === call.operatorLeg));
    case 'HangupLeg': return alive(command.leg) && call.legs[command.leg]?.unwanted === true;
    case 'PlayToLeg': return alive(command.leg) && (call.state === 'moving' || call.state === 'waitingOperator' || (call.state === 'waitingManager' && !alive(call.managerLeg ?? '')));
    case 'BridgeLegs': return alive(command.leg) && alive(command.other) && isJoining(call, command.leg, command.other);
    // Before whatever ends or moves the leg; a second time it changes nothing. What is to run is the recorder's own concern.
    case 'StopRecording': case 'ScheduleHangup': case 'CancelScheduledHangup': return alive(command.leg);
    case 'AnnounceRecording': case 'StartRecording': case 'NoteUnrecorded': case 'DialContact': case 'OriginateLeg': case 'SetDeadline': case 'ClearDeadline': case 'ReleaseOperator': case 'AnnounceCall': case 'InviteManager': case 'RecordInvitation': return false;
    default: return command satisfies never;
  }
}

/** The two legs are the ones that this state brings together. */
function isJoining({ state, operatorLeg, contactLeg, managerLeg }: Call, leg: string, other: string): boolean {
  const pair = state === 'joining' ? [operatorLeg, managerLeg] : state === 'handingOver' || state === 'waitingManager' ? [contactLeg, managerLeg] : state === 'returning' ? [operatorLeg, contactLeg] : [];
  return pair.includes(leg) && pair.includes(other);
}
