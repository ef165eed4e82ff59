import { usesOf } from '../../domain/spreadsheet/mapping.ts';
import { previewRows, type ListPreview, type PreviewRow } from '../../domain/spreadsheet/preview.ts';
import { judgeList, type NumberJudge, type ProblemRow } from '../../platform/postgres/judge-list.ts';
import type { ListImport } from './import-list.ts';
import type { FileLayout, LayoutChoice } from './outcome.ts';
import type { Reading } from './read-in-thread.ts';
import { withReading, type FileRefused, type RowsRead } from './with-reading.ts';

/** A preview without what names its upload. */
export type FilePreview = Omit<ListPreview, 'uploadId' | 'expiresAt' | 'fileName'>;
export type PreviewOutcome = { readonly ok: true; readonly preview: FilePreview; readonly problems: readonly ProblemRow[] } | FileRefused;

const samples = 3;

/** Reads the whole file and says what would become of it; stores nothing. */
export async function previewList({ db, customerId, campaign, filePath, choice = {}, log, onProgress, nowMs = Date.now() }: Omit<ListImport, 'userId' | 'fileName'>): Promise<PreviewOutcome> {
  return withReading({ filePath, country: campaign.country, timeZone: campaign.timeZone, window: campaign.window, nowMs, ...choice }, { log, campaignId: campaign.id }, async (reading) => {
    const { layout } = reading;
    const hasPhones = layout.columns.some(({ role }) => role === 'phone');
    const judged = hasPhones ? await judgeList(db, { customerId, campaignId: campaign.id }, (numbers) => judge(reading, numbers, onProgress)) : undefined;
    return { ok: true, preview: describe(layout, choice, judged), problems: judged?.problems ?? [] };
  });
}

interface Judgement {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** The first `problemsKept` of them, in the file's order. */
  readonly problems: readonly ProblemRow[];
}

async function judge(reading: Reading, { compared, find }: NumberJudge, onProgress: RowsRead | undefined): Promise<Judgement> {
  const counts = { accepted: 0, duplicates: 0, rejected: 0 };
  const problems: ProblemRow[] = [];
  for await (const step of reading.rows({ target: 'none', compared })) {
    if (step.kind === 'question') reading.answer({ ids: [], ...(await find(step.numbers)) });
    else {
      counts.accepted += step.accepted;
      counts.duplicates += step.duplicates;
      counts.rejected += step.rejected;
      problems.push(...step.problems);
      onProgress?.({ rowsRead: step.rowsRead });
    }
  }
  return { ...counts, problems };
}

function describe(layout: FileLayout, { mapping }: LayoutChoice, judged: Judgement | undefined): FilePreview {
  const { format, sheets, sheet, headerRow, guessed, firstRows } = layout;
  const guesses = usesOf(guessed);
  const problems = new Map(judged?.problems.map((problem) => [problem.row, problem]));
  const first = new Set(firstRows.map(({ row }) => row));
  const bad = judged?.problems.filter(({ row }) => !first.has(row)).slice(0, previewRows) ?? [];
  return {
    format, sheets, sheet, headerRow,
    clear: mapping !== undefined || layout.phones === 'clear',
    columns: guessed.map(({ index, label }, at) => {
      const guess = guesses[at] ?? 'field';
      return { index, header: label, guess, use: mapping === undefined ? guess : (mapping[index] ?? 'leaveOut'), sample: firstRows.map(({ cells }) => cells[index] ?? '').filter((text) => text !== '').slice(0, samples) };
    }),
    rows: firstRows.map(({ row, cells }): PreviewRow => {
      const problem = problems.get(row);
      return { row, cells, verdict: judged === undefined ? null : (problem?.kind ?? 'accepted'), reason: problem?.reason ?? null };
    }),
    badRows: bad.map(({ row, kind, reason, cells }) => ({ row, cells: cells.map((cell) => cell.slice(0, 1000)), verdict: kind, reason })),
    counts: judged === undefined ? null : { rows: judged.accepted + judged.duplicates + judged.rejected, accepted: judged.accepted, duplicates: judged.duplicates, rejected: judged.rejected },
  };
}
