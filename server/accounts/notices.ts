import type { Request } from 'express';
import type { User } from '../../platform/postgres/users.ts';
import type { House } from '../house.ts';
import { changeLetter, type LetterLanguage, type SecurityChange } from '../mail/letters.ts';

/** The language that the browser asks for. */
export const letterLanguage = (request: Request): LetterLanguage => (request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en');

/** Tells the owner of an account what was changed of its protection. */
export function notifyOwner({ mailer, config }: Pick<House, 'mailer' | 'config'>, request: Request, user: User, change: SecurityChange): void {
  const language = letterLanguage(request);
  mailer.post(async () => ({ to: user.email, ...changeLetter(language, { name: user.name, change, publicUrl: config.publicUrl }) }));
}
