import type { ApiError } from '../api.ts';
import { adminEn } from './admin-en.ts';
import { adminRu } from './admin-ru.ts';
import { accountProblem } from './account.ts';
import { language } from './texts.ts';

/** The administrator's texts, which the other pages need not load. */
export const tad = (): typeof adminEn => (language === 'ru' ? adminRu : adminEn);

/** What a refusal means, in the reader's language. */
export const adminProblem = (error: ApiError): string => (tad().refusals as Readonly<Record<string, string>>)[error.code] ?? accountProblem(error);
