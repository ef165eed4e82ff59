import { managerEn } from './manager-en.ts';
import { managerRu } from './manager-ru.ts';
import { language } from './texts.ts';

/** The manager's texts, which the other pages need not load. */
export const tm = (): typeof managerRu => (language === 'ru' ? managerRu : managerEn);
