import { expect } from 'vitest';
import type { Call, CallManager, CallState } from '../../../domain/call/call.ts';
import type { CallCommand } from '../../../domain/call/command.ts';
import { deadlineNames, type CallEvent } from '../../../domain/call/event.ts';
import { startCall, transition, type NewCall } from '../../../domain/call/transition.ts';

export const O = 'aaaaaaaa-0000-4000-8000-000000000001';
export const O2 = 'aaaaaaaa-0000-4000-8000-000000000002';
export const C = 'cccccccc-0000-4000-8000-000000000001';
export const M = 'bbbbbbbb-0000-4000-8000-000000000001';
export const M2 = 'bbbbbbbb-0000-4000-8000-000000000002';
export const M3 = 'bbbbbbbb-0000-4000-8000-000000000003';
/** What a manager's page accepts, and the leg with which it calls in. */
export const P = 'ffffffff-0000-4000-8000-000000000001';
export const PL = 'ffffffff-0000-4000-8000-000000000002';
/** The leg with which it calls in once more. */
export const PL2 = 'ffffffff-0000-4000-8000-000000000003';

export const phone: CallManager = { id: '1', place: { kind: 'phone', e164: '+79000000099' }, acceptKey: false };
export const withKey: CallManager = { id: '2', place: { kind: 'sip', user: '99', host: 'robots' }, acceptKey: true };
export const page: CallManager = { id: '3', place: { kind: 'page' }, acceptKey: false };

export type House = Pick<NewCall, 'managers' | 'managerRing' | 'recording'>;
export const one: House = { managers: [phone], managerRing: 'inTurn', recording: null };
export const inTurn: House = { managers: [phone, withKey, page], managerRing: 'inTurn', recording: { announce: true, afterHandOver: false } };
export const together: House = { ...inTurn, managerRing: 'together', recording: { announce: false, afterHandOver: true } };
export const recorded: House = { ...one, recording: { announce: false, afterHandOver: false } };
export const houses = [one, inTurn, together];

/** Only a page is waited for when it has left. */
export const housesOf = (state: CallState): readonly House[] => (state === 'waitingManager' ? [inTurn, together] : houses);

const fresh = (house: House) =>
  startCall(
    {
      id: 'dddddddd-0000-4000-8000-000000000001', operatorLeg: O, contactLeg: C, callerId: null,
      destination: { kind: 'phone', e164: '+79000000001' }, ...house, language: 'en',
      ringTimeoutMs: 30_000, maxDurationMs: 600_000,
    },
    1_000,
  );

export type Untimed<E> = E extends { at: number } ? Omit<E, 'at'> : never;
export type Fact = Untimed<CallEvent>;

export const facts: Fact[] = [
  ...[O, C, M, M2, M3, PL, PL2, 'eeeeeeee-0000-4000-8000-000000000001'].flatMap((leg): Fact[] => [
    { type: 'LegCreated', leg },
    { type: 'LegProgressed', leg, earlyMedia: true },
    { type: 'LegAnswered', leg },
    { type: 'LegParked', leg },
    { type: 'LegHungUp', leg, cause: 'USER_BUSY' },
    { type: 'LegHungUp', leg, cause: 'NORMAL_CLEARING' },
    { type: 'LegLost', leg },
    { type: 'OriginateFailed', leg, fate: 'refused', reason: 'x' },
    { type: 'OriginateFailed', leg, fate: 'notAllowed', reason: 'x' },
    { type: 'OriginateFailed', leg, fate: 'unknown', reason: 'x' },
  ]),
  { type: 'LegsBridged', leg: O, other: C },
  { type: 'LegsBridged', leg: C, other: O },
  { type: 'LegsBridged', leg: O, other: M },
  { type: 'LegsBridged', leg: C, other: M },
  { type: 'LegsBridged', leg: O2, other: C },
  ...[[C], [O, M], [C, M], [O, C], [O2, C], [C, PL], [C, PL2]].map((legs): Fact => ({ type: 'MoveFailed', legs, reason: 'x' })),
  { type: 'AnnouncementFailed', reason: 'x' },
  { type: 'OperatorLegReplaced', leg: O2 },
  { type: 'OperatorSilent', leg: O },
  { type: 'OperatorHeard', leg: O },
  { type: 'HangupRequested', by: 'operator' },
  { type: 'LegsBridged', leg: O, other: PL },
  { type: 'LegsBridged', leg: C, other: PL },
  { type: 'LegsBridged', leg: C, other: PL2 },
  { type: 'LegsBridged', leg: O, other: M2 },
  { type: 'TransferRequested', managerLegs: [M, M2, P], absent: [] },
  { type: 'TransferRequested', managerLegs: [M3], absent: [] },
  { type: 'TransferRequested', managerLegs: [M, M2, P], absent: ['3'] },
  ...[M, P, 'eeeeeeee-0000-4000-8000-000000000002'].flatMap((transfer): Fact[] => [
    { type: 'ManagerAccepting', transfer },
    { type: 'ManagerDeclined', transfer, reason: 'busy' },
    { type: 'ManagerDeclined', transfer, reason: 'later' },
    { type: 'ManagerArrived', transfer, leg: PL },
    { type: 'ManagerArrived', transfer, leg: PL2 },
  ]),
  { type: 'HandOverRequested' },
  { type: 'ReturnRequested' },
  ...deadlineNames.map((name): Fact => ({ type: 'DeadlinePassed', name })),
];

export interface History { call: Call; at: number; commands: CallCommand[]; states: CallState[] }

export const begin = (house: House = one): History => {
  const { call, commands } = fresh(house);
  return { call, at: 1_000, commands: [...commands], states: [call.state] };
};

export function apply(history: History, ...steps: Fact[]): History {
  for (const fact of steps) {
    history.at += 100;
    const step = transition(history.call, { ...fact, at: history.at } as CallEvent);
    history.call = step.call;
    history.commands.push(...step.commands);
    if (step.kind === 'moved' && step.call.state !== history.states.at(-1)) history.states.push(step.call.state);
  }
  return history;
}

/** The shortest way into each state, by facts as a real switch gives them. */
export const roads: Record<CallState, Fact[]> = (() => {
  const answered: Fact[] = [{ type: 'LegCreated', leg: C }, { type: 'LegAnswered', leg: C }, { type: 'LegsBridged', leg: O, other: C }];
  const moving: Fact[] = [...answered, { type: 'TransferRequested', managerLegs: [M, M2, P], absent: [] }];
  const ringingManager: Fact[] = [...moving, { type: 'LegParked', leg: O }];
  const joining: Fact[] = [...ringingManager, { type: 'LegCreated', leg: M }, { type: 'LegAnswered', leg: M }, { type: 'LegParked', leg: M }];
  const briefing: Fact[] = [...joining, { type: 'LegsBridged', leg: O, other: M }];
  const handingOver: Fact[] = [...briefing, { type: 'HandOverRequested' }];
  // Of the first house there is only the page, of the others it comes by its turn or together with the rest.
  const byPage: Fact[] = [
    ...answered, { type: 'DeadlinePassed', name: 'announced' }, { type: 'TransferRequested', managerLegs: [M, M2, P], absent: [] }, { type: 'LegParked', leg: O },
    { type: 'LegCreated', leg: M }, { type: 'LegHungUp', leg: M, cause: 'USER_BUSY' }, { type: 'LegCreated', leg: M2 }, { type: 'LegHungUp', leg: M2, cause: 'USER_BUSY' },
    { type: 'ManagerArrived', transfer: P, leg: PL }, { type: 'LegsBridged', leg: O, other: PL }, { type: 'HandOverRequested' }, { type: 'LegsBridged', leg: C, other: PL },
  ];
  return {
    dialling: [],
    talking: answered,
    moving, ringingManager, joining, briefing, handingOver,
    handedOver: [...handingOver, { type: 'LegsBridged', leg: C, other: M }],
    waitingManager: [...byPage, { type: 'LegHungUp', leg: PL, cause: 'NORMAL_TEMPORARY_FAILURE' }],
    returning: [...briefing, { type: 'ReturnRequested' }],
    waitingOperator: [...answered, { type: 'LegHungUp', leg: O, cause: 'NORMAL_CLEARING' }],
    farewell: [...briefing, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }],
    ending: [...answered, { type: 'HangupRequested', by: 'operator' }],
    ended: [...answered, { type: 'LegHungUp', leg: C, cause: 'NORMAL_CLEARING' }],
  };
})();

/** Segments are numbered from 1, one at a time, each stopped once and before its leg is moved or hung up. */
function holdsRecording(call: Call, commands: readonly CallCommand[]): void {
  let running: { leg: string; segment: number } | null = null;
  let last = 0;
  for (const command of commands) {
    if (command.type === 'StartRecording') {
      expect(running).toBeNull();
      expect(command.segment).toBe((last += 1));
      running = { leg: command.leg, segment: command.segment };
    } else if (command.type === 'StopRecording') {
      expect(running).toEqual({ leg: command.leg, segment: command.segment });
      running = null;
    } else if (command.type === 'HangupLeg' || command.type === 'PlayToLeg' || (command.type === 'BridgeLegs' && command.leg !== running?.leg)) {
      expect(running?.leg).not.toBe(command.leg);
    }
  }
  expect(call.recording?.running ?? null).toEqual(running);
  if (call.state === 'ended') expect(running).toBeNull();
}

export function holds({ call, commands }: History): void {
  const count = (type: CallCommand['type']) => commands.filter((command) => command.type === type).length;
  expect(count('DialContact')).toBe(1);
  expect(count('ReleaseOperator')).toBe(call.releasedAt === null ? 0 : 1);
  const originated = commands.flatMap((command) => (command.type === 'OriginateLeg' ? [command.leg] : []));
  expect(new Set(originated).size).toBe(originated.length);
  // Each transfer to a manager is opened once, and closed for good once: never two managers for one contact.
  const invited = commands.flatMap((command) => (command.type === 'InviteManager' ? [command.transfer] : []));
  expect(new Set(invited).size).toBe(invited.length);
  const lasting = commands.flatMap((command) => (command.type === 'RecordInvitation' && command.state !== 'accepted' ? [command] : []));
  expect(new Set(lasting.map(({ transfer }) => transfer)).size).toBe(lasting.length);
  expect(lasting.filter(({ state }) => state === 'handedOver').length).toBe(call.handedOverAt === null ? 0 : 1);
  expect(lasting.every(({ transfer }) => invited.includes(transfer))).toBe(true);
  expect(call.asked.filter(({ state }) => state === 'chosen').length).toBeLessThanOrEqual(1);
  if (!['moving', 'ringingManager'].includes(call.state)) expect(call.asked.filter(({ state }) => state === 'waiting' || state === 'ringing')).toEqual([]);
  // Only one manager may live once somebody was chosen.
  if (['joining', 'briefing', 'handingOver', 'handedOver', 'waitingManager', 'farewell'].includes(call.state))
    for (const [id, leg] of Object.entries(call.legs)) if (leg.role === 'manager' && leg.status !== 'gone' && id !== call.managerLeg) expect(leg.unwanted).toBe(true);
  holdsRecording(call, commands);
  expect(call.talkMs).toBeGreaterThanOrEqual(0);
  if (call.answeredAt === null) expect(call.talkMs + call.holdMs).toBe(0);
  if (call.talkingSince !== null) expect(call.holdSince).toBeNull();
  if (call.state === 'ended') {
    expect(call.endedAt).not.toBeNull();
    expect(call.outcome).not.toBeNull();
    expect(call.releasedAt).not.toBeNull();
    expect(lasting.map(({ transfer }) => transfer).toSorted()).toEqual(invited.toSorted());
    for (const leg of Object.values(call.legs)) if (leg.role !== 'operator') expect(leg.status).toBe('gone');
    expect(call.talkingSince ?? call.holdSince ?? call.transfer).toBeNull();
    if (call.answeredAt !== null) expect(call.talkMs + call.holdMs).toBeLessThanOrEqual(call.endedAt! - call.answeredAt);
    // Nothing is left that could fire later.
    const open = new Set<string>();
    for (const command of commands) {
      if (command.type === 'SetDeadline') open.add(command.name);
      if (command.type === 'ClearDeadline') open.delete(command.name);
    }
    expect([...open]).toEqual([]);
  } else {
    expect(call.endedAt).toBeNull();
  }
  // A leg that nobody wants any more was told so, as soon as it existed.
  for (const [id, leg] of Object.entries(call.legs))
    if (leg.unwanted && leg.status !== 'gone' && leg.status !== 'ordered')
      expect(commands.some((command) => command.type === 'HangupLeg' && command.leg === id)).toBe(true);
}
