import { rowReasonText } from '../../domain/spreadsheet/problems.ts';
import type { ListAnswer } from '../../platform/postgres/import-list.ts';
import type { ListTarget } from '../../platform/postgres/list-rows.ts';
import { copyColumn, copyRow } from './copy-text.ts';
import { problemsKept, type RowBatch, type WritingOrder } from './outcome.ts';
import { cellsShown, type RowGroup, type WaitingContact } from './row-group.ts';
import { Utf8Text } from './utf8-text.ts';

/** Turns groups of rows, once the database has said what it knows, into COPY text or into what a preview shows. */
export class RowWriter {
  private readonly target: ListTarget | undefined;
  private problemsLeft = problemsKept;
  private readonly contacts = new Utf8Text();
  private readonly numbers = new Utf8Text();
  private readonly queue = new Utf8Text();

  constructor({ target }: WritingOrder) {
    this.target = target === 'none' ? undefined : target;
  }

  write(group: RowGroup, { ids, doNotCall, inCampaign }: ListAnswer): RowBatch {
    const nextId = countThrough(ids);
    const refused = new Map<number, 'doNotCall' | 'alreadyInCampaign'>([...doNotCall.map((place) => [place, 'doNotCall'] as const), ...inCampaign.map((place) => [place, 'alreadyInCampaign'] as const)]);
    const problems = [...group.problems];
    let place = 0;
    let accepted = 0;
    for (const contact of group.contacts) {
      const reasons = refused.size === 0 ? [] : contact.numbers.map((_, index) => refused.get(place + index));
      place += contact.numbers.length;
      const numbers = reasons.length === 0 ? contact.numbers : contact.numbers.filter((_, index) => reasons[index] === undefined);
      if (numbers.length === 0) {
        const barred = reasons.includes('doNotCall');
        problems.push({ row: contact.row, kind: barred ? 'rejected' : 'duplicate', reason: barred ? 'doNotCall' : 'alreadyInCampaign', cells: contact.cells });
        continue;
      }
      accepted += 1;
      if (this.target !== undefined) this.store(this.target, nextId(), contact, group.tails, numbers);
    }
    if (problems.length > group.problems.length) problems.sort((a, b) => a.row - b.row);
    const duplicates = problems.filter(({ kind }) => kind === 'duplicate').length;
    return { rows: this.take(problems), accepted, duplicates, rejected: problems.length - duplicates, problems: this.shown(problems), rowsRead: group.rowsRead };
  }

  private store({ customerId, campaignId, listId, priority }: ListTarget, id: string, { from, to, opening }: WaitingContact, tails: Uint8Array, numbers: WaitingContact['numbers']): void {
    this.contacts.add(`${id}\t${customerId}\t${campaignId}\t${listId}\t`);
    this.contacts.copy(tails, from, to);
    let position = 0;
    for (const { e164, extension } of numbers) this.numbers.add(`${id}\t${campaignId}\t${customerId}\t${position++}\t${e164}\t${copyColumn(extension)}\n`);
    this.queue.add(`${id}\t${campaignId}\t${customerId}\t${priority}\t${opening}\n`);
  }

  private take(problems: RowGroup['problems']): RowBatch['rows'] {
    const { target } = this;
    const refused = target === undefined ? '' : problems.map(({ row, kind, reason, cells }) => copyRow([target.listId, target.customerId, String(row), kind, rowReasonText(reason), JSON.stringify(cellsShown(cells))])).join('');
    return { contacts: this.contacts.take(), numbers: this.numbers.take(), queue: this.queue.take(), problems: encoder.encode(refused) };
  }

  private shown(problems: RowGroup['problems']): RowBatch['problems'] {
    if (this.target !== undefined) return [];
    const shown = problems.slice(0, this.problemsLeft);
    this.problemsLeft -= shown.length;
    return shown.map(({ row, kind, reason, cells }) => ({ row, kind, reason: rowReasonText(reason), cells: cellsShown(cells) }));
  }
}

/** One id after another through all ranges. */
function countThrough(ranges: ListAnswer['ids']): () => string {
  let range = 0;
  let next = ranges[0]?.[0] ?? 0;
  return () => {
    const last = ranges[range]?.[1];
    if (last === undefined) throw new Error('more contacts than ids');
    const id = String(next);
    next = next < last ? next + 1 : (ranges[(range += 1)]?.[0] ?? 0);
    return id;
  };
}

const encoder = new TextEncoder();
