import type { ListResult } from '../../../../domain/api.ts';
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
  readonly result: ListResult | null;
  readonly earlier: readonly ListResult[];
  readonly problem: string | null;
  readonly over: boolean;
}
/** `mapping` null: as guessed. */
export interface Chosen { readonly sheet: string | null; readonly headerRow: number | null; readonly mapping: Mapping | null }

const nothingChosen: Chosen = { sheet: null, headerRow: null, mapping: null };
export const emptyUpload: UploadPage = { fileName: null, sent: null, busy: null, rowsRead: 0, preview: null, chosen: nothingChosen, isStale: false, result: null, earlier: [], problem: null, over: false };

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

/** Chooses; a column that was the same before steps back, so that nobody has to look for it. */
export function withUse(page: UploadPage, index: number, use: ColumnUse): UploadPage {
  const stepsBackTo: ColumnUse = use === 'phone' ? 'secondPhone' : 'field';
  const mapping = mappingOf(page).map((before, at): ColumnUse => (at === index ? use : before === use && !many.includes(use) ? stepsBackTo : before));
  return { ...page, chosen: { ...page.chosen, mapping }, isStale: true };
}

/** Another sheet has other columns; another header row keeps what was chosen. */
export const withSheet = (page: UploadPage, sheet: string): UploadPage => ({ ...page, chosen: { sheet, headerRow: null, mapping: null }, isStale: true });
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
