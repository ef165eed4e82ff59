import { z } from 'zod';
import { isCountry } from './countries.ts';
import { destinationTypes } from './destination-types.ts';

/**
 * What a customer sets for a campaign: script, questions, dispositions, managers and rules.
 * The same schemas check the API's input and the browser's forms; messages name the remedy.
 */

/** What a disposition (the operator's word) means for the contact. */
export const dispositionMeanings = ['success', 'interested', 'callback', 'refused', 'doNotCall', 'wrongNumber', 'machine', 'broken', 'other'] as const;
export type DispositionMeaning = (typeof dispositionMeanings)[number];

const key = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, 'a key starts with a small letter and has at most 40 letters and digits');
const text = (most: number) => z.string().trim().min(1, 'must not be empty').max(most, `at most ${most} characters`);

export const dispositionSchema = z.object({ key, label: text(60), meaning: z.enum(dispositionMeanings) });
export type Disposition = z.infer<typeof dispositionSchema>;

export const questionSchema = z
  .object({
    key,
    label: text(120),
    kind: z.enum(['text', 'number', 'choice', 'yesNo']),
    choices: z.array(text(80)).max(20).default([]),
    required: z.boolean().default(false),
  })
  .refine((question) => question.kind !== 'choice' || question.choices.length >= 2, { path: ['choices'], error: 'a choice needs at least two answers' });
export type Question = z.infer<typeof questionSchema>;

const distinctKeys = (items: readonly { key: string }[]) => new Set(items.map((item) => item.key)).size === items.length;
const e164 = /^\+[1-9][0-9]{6,14}$/;
/** `user@host`, a strict part of RFC 3261's addr-spec: no parameters, no headers, nothing that a dial string could read as its own. */
export const sipAddress = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

export const managerKinds = ['phone', 'sip', 'page'] as const;
export type ManagerKind = (typeof managerKinds)[number];
export const managerSchema = z
  .object({
    /** Of a manager whom the campaign has already: their personal link and their transfers stay theirs. */
    id: z.string().regex(/^[1-9][0-9]{0,17}$/, 'an id is a number').optional(),
    name: z.string().trim().max(80).default(''),
    /** `page`: a page of their own, opened by a personal link, rings and takes the call. */
    kind: z.enum(managerKinds),
    address: z.string().trim().max(320).default(''),
    /** On a telephone: the key 1 after a whisper, so that a voicemail never gets a contact. */
    acceptKey: z.boolean().default(true),
    /** The manager's login, who sees the transfers and what was missed; empty: nobody. */
    email: z.string().trim().toLowerCase().max(254).default(''),
  })
  .refine((manager) => manager.kind === 'page' || manager.address !== '', { path: ['address'], error: 'the manager needs a number or a SIP address' })
  .refine((manager) => manager.kind !== 'sip' || sipAddress.test(manager.address), { path: ['address'], error: 'a SIP address looks like name@sip.example.org' })
  .transform((manager) => (manager.kind === 'page' ? { ...manager, address: '', acceptKey: false } : manager));
export type Manager = z.infer<typeof managerSchema>;
export const managerRings = ['inTurn', 'together'] as const;
export type ManagerRing = (typeof managerRings)[number];
export type { ManagerOutcome } from './manager-outcome.ts';
export const isE164 = (value: string): boolean => e164.test(value);

export const rulesSchema = z
  .object({
    maxDurationMs: z.number().int().min(10_000, 'at least 10 s').max(7_200_000, 'at most 2 h').default(600_000),
    ringTimeoutMs: z.number().int().min(5_000, 'at least 5 s').max(120_000, 'at most 2 min').default(30_000),
    wrapUpMs: z.number().int().min(5_000, 'at least 5 s').max(600_000, 'at most 10 min').default(30_000),
    maxAttempts: z.number().int().min(1, 'at least 1').max(20, 'at most 20').default(3),
    busyPauseMs: z.number().int().min(0).max(604_800_000, 'at most 7 days').default(900_000),
    noAnswerPauseMs: z.number().int().min(0).max(604_800_000, 'at most 7 days').default(7_200_000),
    /** Calling window on the contact's own clock, `HH:MM`; days 1 (Monday) to 7. */
    windowFrom: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time looks like 09:00').default('09:00'),
    windowTo: z.string().regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, 'a time looks like 20:00').default('20:00'),
    windowDays: z.array(z.number().int().min(1).max(7)).min(1, 'choose at least one day').default([1, 2, 3, 4, 5, 6, 7]),
    maskNumbers: z.boolean().default(true),
    recordCalls: z.boolean().default(false),
    /** Both sides hear it at the answer, before the recording begins. */
    announceRecording: z.boolean().default(true),
    /** Contact and manager, once the operator is out of the call. */
    recordAfterHandOver: z.boolean().default(false),
    /** Then the sound is erased. */
    recordingDays: z.number().int().min(1, 'at least 1 day').max(1_095, 'at most 1,095 days').default(30),
  })
  .refine((rules) => rules.windowFrom < rules.windowTo, { path: ['windowTo'], error: 'the window must end after it begins' });
export type Rules = z.infer<typeof rulesSchema>;

export const destinationsSchema = z.object({
  /** ISO 3166-1 alpha-2. */
  countries: z.array(z.string().toUpperCase().regex(/^[A-Z]{2}$/, 'a country is two letters, for example RU')).min(1, 'allow at least one country').max(60, 'at most 60 countries'),
  types: z.array(z.enum(destinationTypes)).min(1, 'allow at least one kind of number'),
});
export type Destinations = z.infer<typeof destinationsSchema>;

export const campaignInputSchema = z.object({
  name: text(120),
  /** ISO 3166-1 alpha-2; what a number without country code is read as. */
  country: z.string().toUpperCase().refine(isCountry, 'a country is two letters, for example RU').default('RU'),
  language: z.enum(['ru', 'en']).default('ru'),
  /** IANA zone for contacts whose own zone is not known; default by country. */
  timeZone: z.string().max(60).optional(),
  script: z.string().max(50_000, 'at most 50,000 characters').optional(),
  questions: z.array(questionSchema).max(40, 'at most 40 questions').refine(distinctKeys, 'two questions share a key').optional(),
  dispositions: z.array(dispositionSchema).min(1, 'at least one disposition').max(9, 'at most nine: the keys are 1 to 9').refine(distinctKeys, 'two dispositions share a key').optional(),
  /** In the order to ring them. */
  managers: z.array(managerSchema).max(10, 'at most 10 managers').optional(),
  managerRing: z.enum(managerRings).optional(),
  /** The form for one manager; `managers` counts where both are sent. */
  manager: managerSchema.nullable().optional(),
  rules: rulesSchema.optional(),
  /** Narrower than what the house's lines allow; null: as they do. */
  destinations: destinationsSchema.nullable().optional(),
});
export type CampaignInput = z.infer<typeof campaignInputSchema>;

/** A change names only what changes; rules are sent whole. */
export const campaignChangeSchema = campaignInputSchema.partial();
export type CampaignChange = z.infer<typeof campaignChangeSchema>;

export const campaignStates = ['draft', 'running', 'paused', 'finished'] as const;
export type CampaignState = (typeof campaignStates)[number];

export function defaultDispositions(language: 'ru' | 'en'): Disposition[] {
  const labels: Record<DispositionMeaning, [ru: string, en: string]> = {
    success: ['Передан менеджеру', 'Handed over'],
    interested: ['Интересно', 'Interested'],
    callback: ['Перезвонить позже', 'Call later'],
    refused: ['Не интересно', 'Not interested'],
    doNotCall: ['Просил не звонить', 'Asked not to call again'],
    wrongNumber: ['Не тот номер', 'Wrong number'],
    machine: ['Автоответчик', 'Answering machine'],
    broken: ['Связь оборвалась', 'Line broke off'],
    other: ['Другое, см. заметку', 'Other, see note'],
  };
  return dispositionMeanings.map((meaning) => ({ key: meaning, label: labels[meaning][language === 'ru' ? 0 : 1], meaning }));
}
