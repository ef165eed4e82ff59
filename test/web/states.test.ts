import { describe, expect, it } from 'vitest';
import { defaultDispositions } from '../../domain/campaign.ts';
import { answered, draftFor, isUnsaved, keptText, saved, saveFailed, typedNotes } from '../../web/screens/operator/draft.ts';
import { intentionOfKey } from '../../web/screens/operator/intentions.ts';
import { firstPage, missingAnswer, type OperatorPage, stageOf, stripOf, talkingForMs, withCockpit } from '../../web/screens/operator/state.ts';
import { checkForm, emptyForm, formOf, formPath, freeKey, keptForm, moved, withCountry } from '../../web/screens/customer/form/state.ts';
import { emptyLive, funnelOf, nowOf, talkedMs, withNewest, withOlder } from '../../web/screens/customer/live/state.ts';
import { choiceOf, emptyUpload, lacksPhone, mappingOf, takenAs, withHeaderRow, phoneDoubts, withoutChange, withSheet, withUse, type UploadPage } from '../../web/screens/customer/upload/state.ts';
import { filtersOf, queryOf, resultValue, withResult } from '../../web/screens/customer/results/state.ts';
import { keepRules } from '../../web/bootstrap-parts.ts';
import { placeOf } from '../../web/place.ts';
import { campaign, call, cockpit, cockpits, counts, listPreview, results, tasks } from './fixtures.ts';

const pageAt = (state: string, change: Partial<OperatorPage> = {}): OperatorPage => ({ ...withCockpit(firstPage('page', 0), cockpits[state]?.() ?? cockpit(), Date.now()), tab: 'call', tasks, ...change });
const means = (state: string, verb: string, key = '', change: Partial<OperatorPage> = {}) => intentionOfKey(pageAt(state, change), verb, key)?.kind ?? null;

describe('the operator’s page', () => {
  it('knows its stage from the cockpit alone', () => {
    expect(Object.keys(cockpits).map((state) => [state, stageOf(pageAt(state))])).toEqual([
      ['offLine', 'offLine'], ['before', 'before'], ['unanswered', 'before'], ['waiting', 'waiting'], ['paused', 'paused'], ['ringing', 'dialling'], ['elsewhere', 'offLine'], ['duringElsewhere', 'during'], ['during', 'during'], ['returned', 'during'], ['calling', 'transfer'], ['briefing', 'transfer'], ['operatorAway', 'transfer'], ['contactGone', 'transfer'], ['after', 'after'],
    ]);
  });

  it('is green while talking, amber while somebody waits, red only for trouble', () => {
    expect(['before', 'ringing', 'during', 'calling', 'briefing', 'after'].map((state) => stripOf(pageAt(state)))).toEqual(['plain', 'plain', 'live', 'wait', 'wait', 'plain']);
    expect(stripOf(pageAt('during', { server: 'lost' }))).toBe('trouble');
    expect(stripOf(pageAt('during', { phone: { name: 'reconnecting', lost: 'media' } }))).toBe('trouble');
  });

  it('drops an answer that a newer one has overtaken', () => {
    const page = pageAt('during');
    const late = { ...cockpit(), now: new Date(Date.now() - 60_000).toISOString() };
    expect(withCockpit(page, late, Date.now())).toBe(page);
  });

  it('takes the next key as soon as the last one’s effect is seen, though its answer is still on the way', () => {
    const asked = pageAt('during', { pending: 'transfer' });
    expect(withCockpit(asked, cockpits['during']!(), Date.now()).pending).toBe('transfer');
    expect(withCockpit(asked, cockpits['briefing']!(), Date.now()).pending).toBeNull();
  });

  it('counts time on the server’s clock', () => {
    const given = cockpit({ now: '2026-01-01T10:02:14.000Z', call: call({ answeredAt: '2026-01-01T10:00:00.000Z' }) });
    const page = withCockpit(firstPage('page', 0), given, 5_000);
    expect(talkingForMs(page, given.call ?? call())).toBe(134_000);
    expect(page.skewMs).toBe(Date.parse(given.now) - 5_000);
  });

  it('gives T its two meanings, none while the contact or the manager rings, and a word where there is no manager', () => {
    const { campaign: present } = cockpit();
    expect(intentionOfKey(withCockpit(pageAt('during'), cockpit({ call: call(), campaign: present && { ...present, managerName: null } }), Date.now()), 'transfer', '')?.kind).toBe('noManager');
    expect(['during', 'briefing', 'calling', 'ringing', 'before'].map((state) => means(state, 'transfer'))).toEqual(['transfer', 'handOver', null, null, null]);
  });

  it('does not hang up on the hottest contact by a slip', () => {
    expect(['ringing', 'during', 'calling', 'briefing', 'after', 'before'].map((state) => means(state, 'hangUp'))).toEqual(['hangUp', 'hangUp', 'backFirst', 'backFirst', null, null]);
    expect(['operatorAway', 'contactGone'].map((state) => [means(state, 'hangUp'), means(state, 'back')])).toEqual([['hangUp', null], ['hangUp', null]]);
  });

  it('gives digits to tasks or to the ends of a call, never to both', () => {
    expect(means('after', 'choose', '3')).toBe('dispose');
    expect(means('before', 'choose', '2')).toBeNull();
    expect(means('before', 'choose', '2', { tab: 'tasks' })).toBe('take');
    expect(means('during', 'choose', '2', { tab: 'tasks' })).toBeNull();
    expect(means('before', 'choose', '9', { tab: 'tasks' })).toBeNull();
  });

  it('calls only from the screen that shows who is called', () => {
    expect(means('before', 'call')).toBe('call');
    expect(means('before', 'call', '', { tab: 'tasks' })).toBeNull();
    expect([means('paused', 'call'), means('offLine', 'call')]).toEqual(['resume', 'goOnLine']);
  });

  it('asks the required questions of those worth a second call only', () => {
    const dispositions = defaultDispositions('en');
    const asked = dispositions.filter((disposition) => missingAnswer(campaign.questions, disposition, {}) !== null).map(({ key }) => key);
    expect(asked).toEqual(['success', 'interested', 'callback']);
    expect(missingAnswer(campaign.questions, dispositions[0] ?? { key: '', label: '', meaning: 'success' }, { windows: ' 2 ' })).toBeNull();
  });
});

describe('notes', () => {
  const fresh = draftFor(null, call(), null);
  if (!fresh) throw new Error('no draft');

  it('stay as typed while the server repeats older ones', () => {
    const typed = typedNotes(fresh, 'newer');
    expect(draftFor(typed, call({ notes: 'older' }), null)?.notes).toBe('newer');
    expect(draftFor(typed, call({ id: 'call2', notes: '', answers: {} }), null)).toMatchObject({ callId: 'call2', notes: '', answers: {} });
    expect(draftFor(typed, null, null)).toBeNull();
  });

  it('that never reached the server come back from the browser, to be sent', () => {
    const lost = draftFor(null, call(), keptText(answered(typedNotes(fresh, 'lost'), 'when', 'Later')));
    expect(lost).toMatchObject({ notes: 'lost', answers: { windows: '2', when: 'Later' } });
    expect(lost && isUnsaved(lost)).toBe(true);
    expect(draftFor(null, call(), '{broken')?.notes).toBe(call().notes);
  });

  it('are saved only as far as they were when the save left', () => {
    const typed = typedNotes(fresh, 'one');
    const more = typedNotes(typed, 'one two');
    expect(isUnsaved(saved(more, typed.version, 'now'))).toBe(true);
    expect(isUnsaved(saved(more, more.version, 'now'))).toBe(false);
    expect(isUnsaved(saveFailed(more))).toBe(true);
  });
});

describe('the campaign’s form', () => {
  it('gives back the campaign that it was made of', () => {
    const checked = checkForm(formOf('c1', campaign));
    expect(checked).toMatchObject({ ok: true, input: { name: campaign.name, rules: campaign.rules, questions: campaign.questions, dispositions: campaign.dispositions, managers: [{ name: 'Sergey', kind: 'phone', address: '+74951234567', acceptKey: true }] } });
  });

  it('takes up a draft of its own alone, and none of an older shape', () => {
    const saved = formOf('c1', campaign);
    const draft = { ...saved, name: 'changed', columns: [] };
    expect(keptForm(JSON.stringify(draft), saved)).toEqual({ ...draft, columns: saved.columns });
    const { recordingDays: _none, ...olderRules } = saved.rules;
    for (const stored of [null, '{broken', '[]', '"x"', JSON.stringify(saved), JSON.stringify({ ...draft, id: null }), JSON.stringify({ ...draft, id: 'c2' }), JSON.stringify({ ...draft, rules: olderRules })])
      expect(keptForm(stored, saved), stored ?? 'nothing').toBeNull();
  });

  it('takes country and clock from the browser’s zone, and the clock from the country until somebody chooses', () => {
    const form = emptyForm('en', 'Asia/Almaty');
    expect(form).toMatchObject({ country: 'KZ', timeZone: 'Asia/Almaty' });
    expect(withCountry(form, 'GB')).toEqual({ country: 'GB', timeZone: 'Europe/London' });
    expect(withCountry({ ...form, timeZone: 'Asia/Aqtobe' }, 'GB')).toEqual({ country: 'GB' });
  });

  it('names every bad field', () => {
    const form = emptyForm('en');
    const checked = checkForm({ ...form, managers: [{ id: null, kind: 'sip', name: '', address: 'a b', acceptKey: true, email: '' }], questions: [{ key: 'when', label: 'When', kind: 'choice', choices: 'one', required: false }], rules: { ...form.rules, maxDuration: 'ten', windowFrom: '20:00', windowTo: '09:00', windowDays: [] } });
    expect(checked.ok ? [] : Object.keys(checked.errors).sort()).toEqual(['managers.0.address', 'name', 'questions.0.choices', 'rules.maxDuration', 'rules.windowDays', 'rules.windowTo']);
    expect(formPath('rules.wrapUpMs')).toBe('rules.wrapUp');
  });

  it('takes minutes with a comma', () => {
    const form = emptyForm('ru');
    expect(checkForm({ ...form, name: 'x', rules: { ...form.rules, maxDuration: '1,5' } })).toMatchObject({ ok: true, input: { rules: { maxDurationMs: 90_000 } } });
  });

  it('finds a free key and moves an item', () => {
    expect(freeKey('question', ['question1', 'question3'])).toBe('question4');
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  });
});

describe('the results narrowed down', () => {
  it('are the same from the address and to it', () => {
    const filters = { meaning: 'interested', outcome: 'talked', operator: '7', from: '2026-01-31', q: 'A & B +7' } as const;
    expect(filtersOf(queryOf(filters))).toEqual(filters);
    expect(queryOf({ q: '' })).toBe('');
    expect(filtersOf('?outcome=flown&from=31.01.2026&operator=x&disposition=')).toEqual({});
  });

  it('ask for a campaign’s own ending or for what it means, never for both', () => {
    const filters = withResult({ meaning: 'refused', q: 'x' }, 'disposition noMoney');
    expect(queryOf(filters)).toBe('?disposition=noMoney&q=x');
    expect(resultValue(filters)).toBe('disposition noMoney');
    expect(queryOf(withResult(filters, ''))).toBe('?q=x');
  });
});

describe('live results', () => {
  it('renew what changed and keep what was loaded of the past', () => {
    const [first, second, third] = results;
    if (!first || !second || !third) throw new Error('no results');
    const now = new Date().toISOString();
    const shown = withOlder(withNewest(emptyLive, { now, results: [second], next: 'more', counts }), { now, results: [third], next: null, counts });
    const renewed = withNewest(shown, { now, results: [first, { ...second, notes: 'new' }], next: 'again', counts });
    expect(renewed.results.map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
    expect(renewed.results[1]?.notes).toBe('new');
    expect(renewed.next).toBeNull();
  });

  it('count a talk on by the server’s clock, while operator and contact talk', () => {
    const talking = { talkMs: 4_000, talkingSince: '2026-01-01T10:00:00.000Z' };
    const ahead = withNewest(emptyLive, { now: new Date(Date.now() + 60_000).toISOString(), results: [], next: null, counts });
    expect(Math.abs(nowOf(ahead) - Date.now() - 60_000)).toBeLessThan(1_000);
    expect(talkedMs(talking, Date.parse('2026-01-01T10:00:30Z'))).toBe(34_000);
    expect(talkedMs(talking, Date.parse('2026-01-01T09:59:59Z'))).toBe(4_000);
    expect(talkedMs({ ...talking, talkingSince: null }, Date.now())).toBe(4_000);
  });

  it('draw a funnel in which nobody is invisible', () => {
    expect(funnelOf({ ...counts, dialled: 1_000, handedOver: 1 }).at(-1)).toMatchObject({ value: 1, percent: 0, width: 3 });
    expect(funnelOf({ ...counts, dialled: 0, reached: 0, talked: 0, interested: 0, handedOver: 0 }).map(({ width }) => width)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a list that is looked at', () => {
  const page: UploadPage = { ...emptyUpload, preview: listPreview };

  it('is taken as it is shown, what was guessed included', () => {
    expect(mappingOf(page)).toEqual(['phone', 'name', 'company', 'city', 'field', 'field']);
    expect(takenAs(page)).toEqual({ sheet: 'Контакты', headerRow: 1, mapping: mappingOf(page) });
  });

  it('has one column a kind: the one that was it before steps back', () => {
    expect(mappingOf(withUse(page, 4, 'name'))).toEqual(['phone', 'field', 'company', 'city', 'name', 'field']);
    expect(mappingOf(withUse(page, 5, 'phone'))).toEqual(['secondPhone', 'name', 'company', 'city', 'field', 'phone']);
    expect(lacksPhone(withUse(page, 0, 'leaveOut'))).toBe(true);
    const changed = withUse(page, 4, 'name');
    expect(changed.alsoChanged).toMatchObject({ header: 'Имя', use: 'field' });
    expect(mappingOf(withoutChange(changed))).toEqual(mappingOf(page));
    expect(withUse(changed, 5, 'leaveOut').alsoChanged).toBeNull();
  });

  it('is doubted where few cells of a column of phones are numbers', () => {
    expect(phoneDoubts(page)).toEqual([]);
    expect(phoneDoubts(withUse(page, 3, 'secondPhone'))).toEqual([{ header: 'Город', numbers: 0, rows: 7 }]);
    expect(phoneDoubts(withUse(page, 5, 'phone')).map(({ header }) => header)).toEqual(['Долг, руб.']);
  });

  it('keeps what was chosen with another header row, and begins anew with another sheet', () => {
    const chosen = withHeaderRow(withUse(page, 5, 'leaveOut'), 3);
    expect(choiceOf(chosen.chosen)).toEqual({ headerRow: 3, mapping: ['phone', 'name', 'company', 'city', 'field', 'leaveOut'] });
    expect(choiceOf(withSheet(chosen, 'Архив').chosen)).toEqual({ sheet: 'Архив' });
  });
});

describe('the frame', () => {
  it('reads the role from the first segment', () => {
    expect(placeOf('/operator/call/')).toEqual({ role: 'operator', rest: ['call'] });
    expect(placeOf('/%E0%A4%A')).toEqual({ role: '%E0%A4%A', rest: [] });
  });

  it('takes from Bootstrap the wanted rules only, none with a data: URL', () => {
    const kept = keepRules('.btn{color:red}.btn-danger{color:blue}.navbar{x:y}@media (a){.table{b:c}.modal{d:e}}.form-select{background:url("data:image/svg+xml,x;y");height:1px;}');
    expect(kept).toContain('.btn{color:red}');
    expect(kept).toContain('.table{b:c}');
    for (const absent of ['danger', 'navbar', 'modal', 'data:']) expect(kept).not.toContain(absent);
    expect(kept).toContain('height:1px');
  });
});
