import type { Campaign, CampaignManager, CampaignCounts, CallRecordings, CallRecordingSegment, CallResult, Cockpit, CockpitCall, ListResult, SessionUser, Task } from '../../domain/api.ts';
import type { ListPreview, PreviewRow } from '../../domain/spreadsheet/preview.ts';
import { defaultDispositions, rulesSchema } from '../../domain/campaign.ts';

export const operator: SessionUser = { id: 'u1', name: 'Olga', email: 'operator@example.org', role: 'operator' };
export const customer: SessionUser = { id: 'u2', name: 'Ivan', email: 'customer@example.org', role: 'customer' };

/** What a hostile list would like to run. */
export const hostileName = '<img src=x onerror="window.stolen=1">';

export const script = `## Need

> {name}, you asked about windows for {company} last autumn. Are you still thinking of replacing them this year?

The answer is… *listen first*.

> Then let me connect you with our engineer right now: he will name a price for your size in two minutes. It is convenient {Convenient}?

- **Already replaced**: thank them and ask who did it
- **Too dear**: the debt is {Debt}, offer instalments

> Shall I call our engineer now?`;

const questions: Campaign['questions'] = [
  { key: 'windows', label: 'How many windows', kind: 'number', choices: [], required: true },
  { key: 'when', label: 'When', kind: 'choice', choices: ['Spring', 'Summer', 'Later'], required: false },
];

export const minutesAgo = (minutes: number, now = Date.now()): string => new Date(now - minutes * 60_000).toISOString();

export function call(change: Partial<CockpitCall> = {}): CockpitCall {
  const now = Date.now();
  return {
    id: 'call1', state: 'talking', startedAt: minutesAgo(2.5, now), answeredAt: minutesAgo(2.24, now), endedAt: null, limitAt: new Date(now + 7.76 * 60_000).toISOString(),
    hangupCause: null, outcome: null, talkMs: 0, transfer: null, onHoldSince: null, transferEnded: null, notes: 'Replacing two windows in spring <img src=x onerror="window.stolen=1">, has an offer from a competitor, price matters most.',
    notesSavedAt: minutesAgo(1, now), answers: { windows: '2', when: 'Spring' }, scriptVersion: 1, ...change,
  };
}

export function cockpit(change: Partial<Cockpit> = {}): Cockpit {
  const now = new Date().toISOString();
  return {
    version: now, now,
    operator: { id: operator.id, name: operator.name, state: 'reserved', pauseReason: null, since: now },
    line: { up: true, practice: false, legUp: true, pageId: null, kind: 'browser' },
    campaign: {
      id: 'c1', name: 'Windows, spring', state: 'running', script, scriptVersion: 1, questions, dispositions: defaultDispositions('en'),
      managerName: 'Sergey', maxDurationMs: 600_000, wrapUpMs: 30_000,
    },
    contact: {
      id: 'k1', name: 'Anna Petrova', company: 'ООО «Ромашка»', city: 'Kazan', phoneMasked: '+7 495 ···-··-10', timeZone: 'Europe/Moscow', attempt: 2,
      fields: [{ label: 'Convenient', value: 'after 18:00' }], mapped: [{ label: 'Town', role: 'city', value: 'Kazan' }],
    },
    call: null, wrapUp: null, lastCall: null, today: { calls: 31, talkMs: 4_212_000 }, ...change,
  };
}

export const cockpits: Readonly<Record<string, () => Cockpit>> = {
  offLine: () => cockpit({ contact: null, line: { up: false, practice: true, legUp: false, pageId: null, kind: 'browser' }, operator: { ...cockpit().operator, state: 'offline' } }),
  before: () => cockpit({ line: { ...cockpit().line, practice: true } }),
  unanswered: () => {
    const now = new Date();
    return cockpit({ lastCall: { contactName: 'Иван Петров', outcome: 'busy', hangupCause: 'USER_BUSY', at: now.toISOString(), againAt: new Date(now.getTime() + 900_000).toISOString() } });
  },
  waiting: () => cockpit({ contact: null }),
  paused: () => cockpit({ contact: null, operator: { ...cockpit().operator, state: 'paused', pauseReason: 'own' } }),
  ringing: () => cockpit({ call: call({ state: 'ringing', answeredAt: null, startedAt: minutesAgo(0.1), notes: '', notesSavedAt: null, answers: {}, limitAt: null }) }),
  elsewhere: () => cockpit({ line: { ...cockpit().line, pageId: 'another' } }),
  duringElsewhere: () => cockpit({ line: { ...cockpit().line, pageId: 'another' }, call: call() }),
  during: () => cockpit({ call: call() }),
  returned: () => cockpit({ call: call({ transferEnded: { reason: 'noAnswer', at: minutesAgo(0.1) } }) }),
  calling: () => cockpit({ call: call({ state: 'transfer', onHoldSince: minutesAgo(0.2), transfer: { state: 'ringing', since: minutesAgo(0.2), managers: 'Sergey' } }) }),
  briefing: () => cockpit({ call: call({ state: 'transfer', onHoldSince: minutesAgo(0.57), transfer: { state: 'briefing', since: minutesAgo(0.57), managers: 'Sergey' } }) }),
  operatorAway: () => cockpit({ call: call({ state: 'transfer' }) }),
  contactGone: () => cockpit({ call: call({ state: 'transfer', transferEnded: { reason: 'contactHungUp', at: minutesAgo(0.1) } }) }),
  after: () => {
    const ended = new Date().toISOString();
    return cockpit({
      operator: { ...cockpit().operator, state: 'wrapUp' },
      call: call({ state: 'ended', endedAt: ended, outcome: 'handedOver', talkMs: 221_000, transfer: { state: 'handedOver', since: ended, managers: '' } }),
      wrapUp: { until: new Date(Date.now() + 24_000).toISOString(), extensionsLeft: 10 },
    });
  },
};

export const tasks: readonly Task[] = [
  { id: 'c1', name: 'Windows, spring', language: 'ru', contactsLeft: 1_240, operatorsCalling: 6, scriptPreview: 'Invite people who asked for a price last autumn, hand over to the engineer', hasManager: true },
  { id: 'c2', name: 'Clinic «Здоровье»', language: 'ru', contactsLeft: 87, operatorsCalling: 0, scriptPreview: 'Remind patients of the yearly check, book a day', hasManager: false },
  { id: 'c3', name: hostileName, language: 'en', contactsLeft: 3_100, operatorsCalling: 2, scriptPreview: 'Six questions about the last purchase', hasManager: false },
];

export const counts: CampaignCounts = { contacts: 1_860, queued: 1_244, inHand: 6, finished: 610, calls: 931, dialled: 620, reached: 268, talked: 190, interested: 41, handedOver: 17, operatorsCalling: 6 };
export const noCounts: CampaignCounts = { contacts: 0, queued: 0, inHand: 0, finished: 0, calls: 0, dialled: 0, reached: 0, talked: 0, interested: 0, handedOver: 0, operatorsCalling: 0 };
const sergey: CampaignManager = { id: '7', name: 'Sergey', kind: 'phone', address: '+74951234567', acceptKey: true, email: '', linkMadeAt: null, pageOpen: false };
export const campaign: Campaign = {
  id: 'c1', name: 'Windows, spring', state: 'running', createdAt: minutesAgo(9_000), counts, country: 'RU', language: 'ru', timeZone: 'Europe/Moscow', script, scriptVersion: 3,
  questions, dispositions: defaultDispositions('en'), managers: [sergey], managerRing: 'inTurn', destinations: null, manager: sergey, rules: rulesSchema.parse({ recordCalls: true }), columns: ['name', 'company', 'city', 'Convenient'], headers: ['Town'],
};
export const draftCampaign: Campaign = { ...campaign, id: 'c2', name: 'Clinic «Здоровье»', state: 'draft', counts: noCounts };

const result = (id: string, minutes: number, contactName: string, notes: string, meaning: string, label: string, change: Partial<CallResult> = {}): CallResult => ({
  id, at: minutesAgo(minutes), contactName, company: 'ООО «Ромашка»', phone: '+74951234010', operatorName: 'Olga', attempt: 1, state: 'done', callState: 'ended', outcome: 'talked', hangupCause: 'NORMAL_CLEARING',
  disposition: { key: meaning, label, meaning }, talkMs: 221_000, talkingSince: null, notes, scriptVersion: 3, answers: [{ label: 'How many windows', value: '2' }], manager: null, recordings: 0, notRecorded: null, callback: null, managerCallbackAt: null, managerMissedBecause: null, ...change,
});
export const results: readonly CallResult[] = [
  result('r0', 1, 'Maria Orlova', '', 'other', '', { state: 'live', callState: 'talking', disposition: null, talkMs: 0, talkingSince: minutesAgo(0.5), answers: [], outcome: null }),
  result('r1', 4, 'Anna Petrova', 'Two windows in spring, price matters most', 'success', 'Handed over', { recordings: 5, manager: { name: 'Sergey', outcome: 'sold' } }),
  result('r2', 9, 'Oleg Gusev', 'Asks for a call after 18:00', 'callback', 'Call later', { callback: { at: minutesAgo(-1_500), timeZone: 'Asia/Yekaterinburg' }, managerCallbackAt: minutesAgo(1) }),
  result('r3', 12, 'ИП Белов А. А.', 'Replaced them last year', 'refused', 'Not interested', { company: '' }),
  result('r4', 18, hostileName, `${hostileName} wants the catalogue by e-mail`, 'interested', 'Interested'),
  result('r5', 23, 'Yury Shcherbakov', 'Asked not to be called again', 'doNotCall', 'Asked not to call again'),
  result('r6', 25, 'Olga Kuznetsova', '', 'other', '', { disposition: null, talkMs: 0, outcome: 'busy', hangupCause: 'USER_BUSY', answers: [] }),
];
const segment = (id: number, what: CallRecordingSegment['what'], fromMs: number, durationMs: number | null, change: Partial<CallRecordingSegment> = {}): CallRecordingSegment => ({
  id: String(id), segment: id, what, state: 'stored', reason: null, startedAt: minutesAgo(4), offsetMs: fromMs, durationMs, bytes: 40_000, erasedAt: null, ...change,
});
/** Of r1: every state that a segment can be in. */
export const recordings: CallRecordings = {
  segments: [
    segment(1, 'conversation', 0, 41_000), segment(2, 'briefing', 52_000, 12_000), segment(3, 'conversation', 65_000, 90_000),
    segment(4, 'briefing', 171_000, null, { state: 'failed', reason: 'diskFull' }), segment(5, 'handedOver', 190_000, null, { state: 'running' }),
  ],
};
export const listResult: ListResult = {
  id: 'l1', fileName: 'okna-moskva.xlsx', accepted: 56, duplicates: 1, rejected: 3,
  problems: [{ row: 20, kind: 'duplicate', reason: 'same number as row 6' }, { row: 42, kind: 'rejected', reason: 'no number in this row' }, { row: 51, kind: 'rejected', reason: 'too short' }, { row: 58, kind: 'rejected', reason: `not a number: ${hostileName}` }],
};

const previewRow = (row: number, cells: readonly string[], verdict: PreviewRow['verdict'] = 'accepted', reason: string | null = null): PreviewRow => ({ row, cells, verdict, reason });
export const listPreview: ListPreview = {
  uploadId: '1b4e28ba-2fa1-4d2b-883f-0016d3cca427', expiresAt: minutesAgo(-30), fileName: 'okna-moskva.xlsx', format: 'xlsx', sheets: ['Контакты'], sheet: 'Контакты', headerRow: 1, clear: true,
  columns: (['phone', 'name', 'company', 'city', 'field', 'field'] as const).map((use, index) => ({ index, header: ['Телефон', 'Имя', 'Компания', 'Город', 'Когда удобно', 'Долг, руб.'][index] ?? '', guess: use, use, sample: [] })),
  rows: [
    previewRow(2, ['+7 900 000-10-00', 'Иванова Анна Петровна', '', 'Москва', '', '0']),
    previewRow(3, ['+7 495 123-40-01', 'Сидоров Пётр', 'ООО «Окна 1»', 'Казань', 'после 18:00', '100.5']),
    previewRow(4, ['+7 495 123-40-02', hostileName, 'ООО «Окна 2»', 'Екатеринбург', 'после 18:00', '201']),
    previewRow(6, ['+7 495 123-40-04', 'Ким Виктор', '', 'Москва', 'после 18:00', '402']),
    previewRow(7, ['+7 495 123-40-05 доб. 12', 'Щербаков Юрий', 'ООО «Окна 5»', 'Казань', '', '502.5']),
  ],
  badRows: [
    previewRow(21, ['+7 495 123-40-04', 'Цой Марина', 'ООО «Окна 19»', 'Калининград', '', '1909.5'], 'duplicate', 'the same number as in row 6'),
    previewRow(43, ['нет телефона', 'Сидоров Пётр', 'ООО «Окна 41»', 'Казань', '', '4120.5'], 'rejected', 'there are no digits in the phone number'),
  ],
  counts: { rows: 60, accepted: 56, duplicates: 1, rejected: 3 },
};
export const unclearPreview: ListPreview = {
  ...listPreview, fileName: 'список.csv', format: 'csv', sheets: [], sheet: null, headerRow: 0, clear: false, counts: null, badRows: [],
  columns: ['A', 'B', 'C'].map((header, index) => ({ index, header, guess: 'field', use: 'field', sample: [] })),
  rows: listPreview.rows.map(({ row, cells }) => previewRow(row, cells.slice(1, 4), null)),
};
