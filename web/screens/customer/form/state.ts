import { type Campaign } from '../../../../domain/api.ts';
import { type CampaignInput, campaignInputSchema, defaultDispositions, type DispositionMeaning, type ManagerKind, type ManagerRing, type Question, rulesSchema } from '../../../../domain/campaign.ts';
import { countryZones } from '../../../../domain/spreadsheet/places.ts';

/** The form as typed: every number is text until it is sent, so that nothing entered is ever changed behind one's back. */
export interface CampaignForm {
  readonly id: string | null;
  readonly name: string;
  readonly country: string;
  readonly language: 'ru' | 'en';
  readonly timeZone: string;
  readonly script: string;
  /** At least one: alone and of the kind `none` it stands for nobody. */
  readonly managers: readonly ManagerForm[];
  readonly managerRing: ManagerRing;
  readonly questions: readonly QuestionForm[];
  readonly dispositions: readonly DispositionForm[];
  readonly rules: RulesForm;
  readonly columns: readonly string[];
  readonly headers: readonly string[];
  readonly lineRecords: boolean;
}
export interface ManagerForm { readonly id: string | null; readonly kind: 'none' | ManagerKind; readonly name: string; readonly address: string; readonly acceptKey: boolean; readonly email: string }
export interface QuestionForm { readonly key: string; readonly label: string; readonly kind: Question['kind']; readonly choices: string; readonly required: boolean }
export interface DispositionForm { readonly key: string; readonly label: string; readonly meaning: DispositionMeaning }
export interface RulesForm {
  readonly maxDuration: string; readonly ringTimeout: string; readonly wrapUp: string; readonly maxAttempts: string; readonly busyPause: string; readonly noAnswerPause: string;
  readonly windowFrom: string; readonly windowTo: string; readonly windowDays: readonly number[]; readonly maskNumbers: boolean;
  readonly recordCalls: boolean; readonly announceRecording: boolean; readonly recordAfterHandOver: boolean; readonly recordingDays: string;
}
/** Path of a field → its remedy. */
export type FormErrors = Readonly<Record<string, string>>;

/** How many milliseconds one step of what people type is. */
export const ruleUnits = {
  maxDuration: ['maxDurationMs', 60_000], ringTimeout: ['ringTimeoutMs', 1_000], wrapUp: ['wrapUpMs', 1_000],
  busyPause: ['busyPauseMs', 60_000], noAnswerPause: ['noAnswerPauseMs', 60_000], maxAttempts: ['maxAttempts', 1], recordingDays: ['recordingDays', 1],
} as const;
export type NumberRule = keyof typeof ruleUnits;

export const nobody: ManagerForm = { id: null, kind: 'none', name: '', address: '', acceptKey: true, email: '' };

/** `zone`: the browser's own, which tells the country where it is one country's. */
export function emptyForm(language: 'ru' | 'en', zone = ''): CampaignForm {
  const country = [...countryZones].find(([, each]) => each === zone)?.[0] ?? 'RU';
  return formOf(null, {
    name: '', country, language, timeZone: countryZones.get(country) ?? zone, script: '', questions: [], dispositions: defaultDispositions(language), managers: [], managerRing: 'inTurn', rules: rulesSchema.parse({}), columns: [], headers: [],
  });
}

export function formOf(id: string | null, campaign: Pick<Campaign, 'name' | 'country' | 'language' | 'timeZone' | 'script' | 'questions' | 'dispositions' | 'managers' | 'managerRing' | 'rules' | 'columns' | 'headers' | 'lineRecords'>): CampaignForm {
  const { rules, managers } = campaign;
  const inUnits = (rule: NumberRule): string => String(rules[ruleUnits[rule][0]] / ruleUnits[rule][1]);
  return {
    id, name: campaign.name, country: campaign.country, language: campaign.language, timeZone: campaign.timeZone, script: campaign.script,
    managers: managers.length === 0 ? [nobody] : managers.map(({ id: managerId, kind, name, address, acceptKey, email }) => ({ id: managerId, kind, name, address, acceptKey, email })),
    managerRing: campaign.managerRing,
    questions: campaign.questions.map((question) => ({ ...question, choices: question.choices.join('\n') })),
    dispositions: campaign.dispositions,
    rules: {
      maxDuration: inUnits('maxDuration'), ringTimeout: inUnits('ringTimeout'), wrapUp: inUnits('wrapUp'), maxAttempts: inUnits('maxAttempts'), busyPause: inUnits('busyPause'), noAnswerPause: inUnits('noAnswerPause'), recordingDays: inUnits('recordingDays'),
      windowFrom: rules.windowFrom, windowTo: rules.windowTo, windowDays: rules.windowDays, maskNumbers: rules.maskNumbers,
      recordCalls: rules.recordCalls, announceRecording: rules.announceRecording, recordAfterHandOver: rules.recordAfterHandOver,
    },
    columns: campaign.columns, headers: campaign.headers, lineRecords: campaign.lineRecords ?? true,
  };
}

/** A draft that this browser keeps of `saved`; null for another campaign's, for one of an older shape, and where nothing was changed. */
export function keptForm(stored: string | null, saved: CampaignForm): CampaignForm | null {
  const kept = parsed(stored);
  if (kept === null || kept.id !== saved.id || hasOtherKeys(kept, saved) || hasOtherKeys(kept.rules ?? {}, saved.rules)) return null;
  // A list that came meanwhile brought its columns.
  const form = { ...(kept as CampaignForm), columns: saved.columns, headers: saved.headers, lineRecords: saved.lineRecords };
  return sameForm(form, saved) ? null : form;
}

export const sameForm = (one: CampaignForm, other: CampaignForm): boolean => {
  const text = (form: CampaignForm): string => JSON.stringify(inOrder(form));
  return text(one) === text(other);
};
const inOrder = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(inOrder) : typeof value === 'object' && value !== null ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, inOrder(each)]) : value;
const hasOtherKeys = (kept: object, saved: object): boolean => Object.keys(saved).some((key) => !(key in kept));

function parsed(stored: string | null): Partial<CampaignForm> | null {
  try {
    const value: unknown = JSON.parse(stored ?? 'null');
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Another country brings its clock along, unless somebody chose one of their own. */
export function withCountry({ country, timeZone }: CampaignForm, chosen: string): Partial<CampaignForm> {
  const isUsual = timeZone.trim() === '' || timeZone === countryZones.get(country);
  return { country: chosen, ...(isUsual ? { timeZone: countryZones.get(chosen) ?? timeZone } : {}) };
}

export type Checked = { readonly ok: true; readonly input: CampaignInput } | { readonly ok: false; readonly errors: FormErrors };

export function checkForm(form: CampaignForm): Checked {
  const notNumbers = (Object.keys(ruleUnits) as NumberRule[]).filter((rule) => numberOf(form.rules[rule]) === null);
  const parsed = campaignInputSchema.safeParse(rawInput(form));
  const errors: Record<string, string> = {};
  if (!parsed.success) for (const issue of parsed.error.issues) errors[formPath(issue.path.join('.'))] ??= issue.message;
  for (const rule of notNumbers) errors[`rules.${rule}`] = 'a number, please';
  return parsed.success && notNumbers.length === 0 ? { ok: true, input: parsed.data } : { ok: false, errors };
}

function rawInput(form: CampaignForm): unknown {
  const { rules } = form;
  const numbers = Object.fromEntries(Object.entries(ruleUnits).map(([rule, [name, unit]]) => [name, Math.round((numberOf(rules[rule as NumberRule]) ?? 0) * unit)]));
  return {
    name: form.name, country: form.country.trim(), language: form.language, ...(form.timeZone.trim() === '' ? {} : { timeZone: form.timeZone.trim() }), script: form.script,
    managers: form.managers.filter(({ kind }) => kind !== 'none').map(({ id: managerId, ...manager }) => ({ ...manager, ...(managerId === null ? {} : { id: managerId }) })),
    managerRing: form.managerRing,
    questions: form.questions.map((question) => ({ ...question, choices: question.kind === 'choice' ? question.choices.split('\n').map((line) => line.trim()).filter((line) => line !== '') : [] })),
    dispositions: form.dispositions,
    rules: {
      ...numbers, windowFrom: rules.windowFrom, windowTo: rules.windowTo, windowDays: rules.windowDays, maskNumbers: rules.maskNumbers,
      recordCalls: rules.recordCalls, announceRecording: rules.announceRecording, recordAfterHandOver: rules.recordAfterHandOver,
    },
  };
}

function numberOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** The schema's path → the field on the screen: `rules.maxDurationMs` is typed as minutes in `rules.maxDuration`. */
export function formPath(path: string): string {
  const rule = (Object.keys(ruleUnits) as NumberRule[]).find((each) => `rules.${ruleUnits[each][0]}` === path);
  if (rule) return `rules.${rule}`;
  return path.replace(/^(questions\.\d+\.choices)\..*$/, '$1').replace(/^rules\.windowDays.*$/, 'rules.windowDays');
}

export const fieldId = (path: string): string => `f-${path.replaceAll('.', '-')}`;

/** A key that no other has; it stays when the label changes, as answers are stored under it. */
export function freeKey(start: string, taken: readonly string[]): string {
  let number = taken.length + 1;
  while (taken.includes(`${start}${number}`)) number += 1;
  return `${start}${number}`;
}

export function moved<T>(items: readonly T[], from: number, by: -1 | 1): readonly T[] {
  const to = from + by;
  if (to < 0 || to >= items.length) return items;
  return items.map((item, index) => (index === from ? items[to] as T : index === to ? items[from] as T : item));
}
