import { accountEn } from './account-en.ts';
import { accountRu } from './account-ru.ts';
import { errorText, language } from './texts.ts';
import type { ApiError } from '../api.ts';

/** Texts of sign-in, account and audit log, which the other pages need not load. */
export const ta = (): typeof accountRu => (language === 'ru' ? accountRu : accountEn);

/** What a refusal means, in the reader's language. */
export const accountProblem = ({ code, message }: ApiError): string => (ta().refusals as Readonly<Record<string, string>>)[code] ?? errorText(code, message);
