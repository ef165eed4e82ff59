import { z } from 'zod';
import { wrongAnswerOf } from '../../../domain/answers.ts';
import type { Question } from '../../../domain/campaign.ts';
import { findOwnCall, saveNotes } from '../../../platform/postgres/notes.ts';
import { answer, notFound, refuse } from '../../http/answer.ts';
import { ofCall } from '../../http/ids.ts';
import { route } from '../../http/route.ts';

const body = z.object({
  notes: z.string().max(10_000, 'at most 10,000 characters').optional(),
  answers: z.record(z.string().max(40), z.string().max(2_000, 'at most 2,000 characters')).optional(),
});

export const notes = route({
  method: 'put',
  path: '/operator/calls/{id}/notes',
  roles: ['operator'],
  summary: 'Save notes and answers as typed; what is not sent stays',
  params: ofCall,
  body,
  answers: { 200: '{savedAt}' },
  async handle({ house: { db, nudges }, params, body, user }) {
    const key = { callId: params.id, operatorId: user.id };
    const call = await findOwnCall(db, key);
    if (!call) return notFound('The call');
    const fields = wrongAnswers(call.questions, body.answers ?? {});
    if (fields.length > 0) return refuse(422, 'invalid', 'Correct the fields that are named.', { fields });
    const saved = call.open ? await saveNotes(db, { ...key, ...body }) : undefined;
    if (!saved) return refuse(409, 'callClosed', 'Notes are taken during the call and its wrap-up only.');
    nudges.publish({ topic: 'campaign', id: call.campaignId });
    return answer({ savedAt: saved.savedAt.toISOString() });
  },
});

/** Answers that are not to a question of this script version, or not one of its choices. Empty takes an answer back. */
function wrongAnswers(questions: readonly Question[], answers: Readonly<Record<string, string>>): { field: string; message: string }[] {
  return Object.entries(answers).flatMap(([key, value]) => {
    const question = questions.find((candidate) => candidate.key === key);
    const message = question ? wrongAnswer(question, value) : 'the script has no such question';
    return message === undefined ? [] : [{ field: `answers.${key}`, message }];
  });
}

function wrongAnswer(question: Question, value: string): string | undefined {
  const wrong = wrongAnswerOf(question, value);
  switch (wrong) {
    case undefined: return undefined;
    case 'notANumber': return 'a number, please';
    case 'noSuchChoice': return `choose one of: ${question.choices.join(', ')}`;
    case 'notYesOrNo': return 'answer yes or no';
    default: return wrong satisfies never;
  }
}
