import type { AdminLines, SessionUser, SwitchState, Trunk } from '../../domain/api.ts';

export const admin: SessionUser = { id: '5', name: 'Anton Belov', email: 'admin@example.org', role: 'admin' };

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
export const aSwitchState = (row: Partial<SwitchState> = {}): SwitchState => ({
  id: 'moscow-1', wsUrl: 'wss://pbx1.example.org:7443', up: true, downSince: null, since: ago(4_300), version: 'FreeSWITCH (Version 1.11.3 -release 64bit)', drainingSince: null, lostSince: null, mayBeDeclaredLost: false,
  practice: false, operators: 42, calls: 31, sessions: 118, maxSessions: 500, empty: false, ...row,
});
/** Sound, down, drained, lost. */
export const switches = (): SwitchState[] => [
  aSwitchState(),
  aSwitchState({ id: 'moscow-2', wsUrl: 'wss://pbx2.example.org:7443', up: false, downSince: ago(7), since: ago(7), operators: 12, calls: 9, sessions: 41, mayBeDeclaredLost: true }),
  aSwitchState({ id: 'kazan-1', wsUrl: 'wss://pbx3.example.org:7443', drainingSince: ago(25), mayBeDeclaredLost: true, operators: 3, calls: 2, sessions: 9 }),
  aSwitchState({ id: 'kazan-2', wsUrl: null, up: false, downSince: ago(9_000), since: ago(9_000), version: null, drainingSince: ago(8_600), lostSince: ago(8_600), operators: 0, calls: 0, sessions: 0, maxSessions: null, empty: true }),
];

export const aTrunk = (row: Partial<Trunk> = {}): Trunk => ({
  id: 'zadarma', gateway: 'zadarma', callsPerSecond: 5, concurrency: 30, pricePerMinute: 120, callerId: '+74951234567', countries: ['RU', 'KZ'], types: ['mobile', 'fixed', 'tollFree'], rates: [{ prefix: '7495', pricePerMinute: 60 }], live: 18, spentMinor: '184350', ...row,
});
export const lines = (): AdminLines => ({
  trunks: [aTrunk({ id: 'robots', gateway: null, callsPerSecond: null, concurrency: null, pricePerMinute: 0, callerId: null, countries: null, types: ['mobile', 'fixed', 'tollFree', 'other'], rates: [], live: 0, spentMinor: '0' }), aTrunk(), aTrunk({ id: 'telphin', gateway: 'telphin', concurrency: null, callerId: null, countries: null, types: ['mobile'], rates: [], live: 0, spentMinor: '0' })],
  spend: { day: '2026-11-21', spentMinor: '184350', liveMostMinor: '97200', capMinor: '500000' },
  alarms: [{ id: '2', kind: 'recordingsStopped', subject: 'moscow-2', detail: { problem: 'diskFull: less than 500 MB free in /var/lib/exchange' }, raisedAt: ago(2_000), clearedAt: ago(1_900) }],
});
/** Nothing more may be spent today. */
export const linesAtCap = (): AdminLines => ({
  ...lines(), spend: { day: '2026-11-21', spentMinor: '431800', liveMostMinor: '68200', capMinor: '500000' },
  alarms: [{ id: '3', kind: 'spendCapReached', subject: '2026-11-21', detail: {}, raisedAt: ago(4), clearedAt: null }, ...lines().alarms],
});
