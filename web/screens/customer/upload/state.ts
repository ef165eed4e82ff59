import type { Campaign, ListResult } from '../../../../domain/api.ts';
import { faultOf, type ColumnUse, type Mapping } from '../../../../domain/spreadsheet/mapping.ts';
import type { ListPreview } from '../../../../domain/spreadsheet/preview.ts';

export interface UploadPage {
  readonly fileName: string | null;
  /** 0–1 while the file goes up; null when nothing does. */
  readonly sent: number | null;
  /** What the server does with the file now, and how far it is. */
  readonly busy: 'looking' | 'taking' | null;
  readonly rowsRead: number;
  readonly preview: ListPreview | null;
  /** What is chosen; outlives a refusal. */
  readonly chosen: Chosen;
  /** The counts are not of what is chosen. */
  readonly isStale: boolean;
  /** What a choice changed beside itself, until the next one. */
  readonly alsoChanged: AlsoChanged | null;
  readonly result: ListResult | null;
  /** The campaign that the contacts were taken into: whether it can start. */
  readonly campaign: Campaign | null;
  readonly starting: boolean;
  readonly earlier: readonly ListResult[];
  readonly problem: string | null;
  readonly over: boolean;
}
/** `mapping` null: as guessed. */
export interface Chosen { readonly sheet: string | null; readonly headerRow: number | null; readonly mapping: Mapping | null }

/** `before`: what Undo goes back to. */
export interface AlsoChanged { readonly header: string; readonly use: ColumnUse; readonly before: Mapping | null }

const nothingChosen: Chosen = { sheet: null, headerRow: null, mapping: null };
export const emptyUpload: UploadPage = { fileName: null, sent: null, busy: null, rowsRead: 0, preview: null, chosen: nothingChosen, isStale: false, alsoChanged: null, result: null, campaign: null, starting: false, earlier: [], problem: null, over: false };

export const looksLikeSpreadsheet = (fileName: string): boolean => /\.(xlsx|xlsm|xls|csv|tsv|tab|txt)$/i.test(fileName);

/** What each column of the preview is: as chosen, else as guessed. */
export const useAt = ({ preview, chosen }: UploadPage, index: number): ColumnUse =>
  chosen.mapping === null ? (preview?.columns.find((column) => column.index === index)?.use ?? 'leaveOut') : (chosen.mapping[index] ?? 'leaveOut');

/** By place in the file; a place without a column is left out. */
export function mappingOf(page: UploadPage): ColumnUse[] {
  const width = Math.max(0, ...(page.preview?.columns ?? []).map(({ index }) => index + 1));
  return Array.from({ length: width }, (_, index) => useAt(page, index));
}

const many: readonly ColumnUse[] = ['secondPhone', 'field', 'leaveOut'];

/** Chooses; a column that was the same before steps back, so that nobody has to look for it, and that is said. */
export function withUse(page: UploadPage, index: number, use: ColumnUse): UploadPage {
  const stepsBackTo: ColumnUse = use === 'phone' ? 'secondPhone' : 'field';
  const former = many.includes(use) ? -1 : mappingOf(page).findIndex((before, at) => at !== index && before === use);
  const mapping = mappingOf(page).map((before, at): ColumnUse => (at === index ? use : at === former ? stepsBackTo : before));
  const header = page.preview?.columns.find((column) => column.index === former)?.header ?? '';
  return { ...page, chosen: { ...page.chosen, mapping }, isStale: true, alsoChanged: former < 0 ? null : { header, use: stepsBackTo, before: page.chosen.mapping } };
}

/** As it was before the choice that changed another column, too. */
export const withoutChange = (page: UploadPage): UploadPage =>
  (page.alsoChanged === null ? page : { ...page, chosen: { ...page.chosen, mapping: page.alsoChanged.before }, isStale: true, alsoChanged: null });

export interface PhoneDoubt { readonly header: string; readonly numbers: number; readonly rows: number }
/** What is dialled has seven digits at least and fifteen at most (E.164), whatever stands between them. */
const looksLikeNumber = (cell: string): boolean => cell.split(/[,;/\n]/).some((part) => { const digits = part.replace(/\D/g, '').length; return digits >= 7 && digits <= 15 && !/\p{L}{4}/u.test(part); });

/** Columns said to hold phones in which fewer than half of the rows shown have one. A further phone may be rare: it is doubted only when nobody has one. */
export function phoneDoubts(page: UploadPage): PhoneDoubt[] {
  const rows = [...(page.preview?.rows ?? []), ...(page.preview?.badRows ?? [])];
  return (page.preview?.columns ?? []).flatMap(({ index, header }) => {
    const use = useAt(page, index);
    if (rows.length === 0 || (use !== 'phone' && use !== 'secondPhone')) return [];
    const numbers = rows.filter(({ cells }) => looksLikeNumber(cells[index] ?? '')).length;
    return (use === 'phone' ? numbers * 2 < rows.length : numbers === 0) ? [{ header, numbers, rows: rows.length }] : [];
  });
}

/** Another sheet has other columns; another header row keeps what was chosen. */
export const withSheet = (page: UploadPage, sheet: string): UploadPage => ({ ...page, chosen: { sheet, headerRow: null, mapping: null }, isStale: true, alsoChanged: null });
export const withHeaderRow = (page: UploadPage, headerRow: number): UploadPage => ({ ...page, chosen: { ...page.chosen, headerRow }, isStale: true });

/** What is asked of the server. */
export const choiceOf = ({ sheet, headerRow, mapping }: Chosen): { sheet?: string; headerRow?: number; mapping?: Mapping } => ({
  ...(sheet === null ? {} : { sheet }), ...(headerRow === null ? {} : { headerRow }), ...(mapping === null ? {} : { mapping }),
});

/** What is taken: all that the preview shows, said outright. */
export function takenAs(page: UploadPage): { sheet?: string; headerRow?: number; mapping: Mapping } {
  const sheet = page.chosen.sheet ?? page.preview?.sheet ?? null;
  return { ...choiceOf({ ...page.chosen, sheet, headerRow: page.chosen.headerRow ?? page.preview?.headerRow ?? null }), mapping: mappingOf(page) };
}

export const lacksPhone = (page: UploadPage): boolean => faultOf(mappingOf(page)) === 'noPhoneChosen';

/** As the server asks of a campaign that is started: contacts and a script. */
export const canStart = ({ campaign }: UploadPage): boolean => campaign?.state === 'draft' && campaign.script.trim() !== '' && campaign.counts.contacts > 0;
