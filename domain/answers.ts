import type { Question } from './campaign.ts';

/** As people write one: a sign, groups of thousands, a point or a comma before the fraction. */
const number = /^[-+−]?\d+(?:[  \u202f]\d{3})*(?:[.,]\d+)?$/u;

export type WrongAnswer = 'notANumber' | 'noSuchChoice' | 'notYesOrNo';

/** What is wrong with an answer as typed; an empty one takes an answer back and is never wrong. */
export function wrongAnswerOf({ kind, choices }: Pick<Question, 'kind' | 'choices'>, value: string): WrongAnswer | undefined {
  if (value.trim() === '') return undefined;
  if (kind === 'number' && !number.test(value.trim())) return 'notANumber';
  if (kind === 'choice' && !choices.includes(value)) return 'noSuchChoice';
  if (kind === 'yesNo' && value !== 'yes' && value !== 'no') return 'notYesOrNo';
  return undefined;
}
