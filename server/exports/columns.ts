import { DateTime } from 'luxon';
import type { Outcome } from '../../domain/call/call.ts';
import type { ExportedCall, ExportedContact, ExportShape } from '../../platform/postgres/exports.ts';
import { wholeSeconds } from '../../domain/whole-seconds.ts';
import type { ExportWords } from './words.ts';

export interface ExportColumn<Row> { readonly header: string; readonly cell: (row: Row) => string }

const numberText = (number: ExportedContact['numbers'][number] | undefined): string =>
  number === undefined ? '' : number.extension === null ? number.e164 : `${number.e164} ext. ${number.extension}`;

/** What a list brought, as an import reads it back: our own columns first, so that another one of the same kind stays what it was. */
export function contactColumns({ mostNumbers, labels }: Pick<ExportShape, 'mostNumbers' | 'labels'>, words: ExportWords): ExportColumn<ExportedContact>[] {
  const phones = Array.from({ length: mostNumbers }, (_, place): ExportColumn<ExportedContact> => ({
    header: place === 0 ? words.phone : `${words.phone} ${place + 1}`,
    cell: ({ numbers }) => numberText(numbers[place]),
  }));
  return [
    ...phones,
    { header: words.name, cell: ({ name }) => name },
    { header: words.company, cell: ({ company }) => company },
    { header: words.city, cell: ({ city }) => city },
    { header: words.timeZone, cell: ({ timeZone }) => timeZone },
    ...labels.map((label): ExportColumn<ExportedContact> => ({ header: label, cell: ({ fields }) => fields[label] ?? '' })),
  ];
}

/** As the clock in that zone showed it; an unknown zone leaves UTC, and says so. */
function clockText(at: Date | null, zone: string, format: string): string {
  if (at === null) return '';
  const there = DateTime.fromJSDate(at, { zone });
  return there.isValid ? there.toFormat(format) : `${DateTime.fromJSDate(at, { zone: 'utc' }).toFormat(format)} UTC`;
}

/** The number that was dialled, the contact's columns, and what came of the call. */
export function callColumns(shape: ExportShape, words: ExportWords): ExportColumn<ExportedCall>[] {
  const contact = contactColumns({ ...shape, mostNumbers: 0 }, words).map(({ header, cell }): ExportColumn<ExportedCall> => ({ header, cell: (call) => cell(call.contact) }));
  return [
    { header: words.phone, cell: ({ e164, contact: { numbers } }) => numberText(numbers.find((number) => number.e164 === e164)) || e164 },
    ...contact,
    { header: `${words.at} (${shape.timeZone})`, cell: ({ at }) => clockText(at, shape.timeZone, 'yyyy-MM-dd HH:mm:ss') },
    { header: words.operator, cell: ({ operatorName }) => operatorName },
    { header: words.attempt, cell: ({ attempt }) => String(attempt) },
    { header: words.outcome, cell: ({ outcome }) => (outcome === null ? '' : (words.outcomes[outcome as Outcome] ?? outcome)) },
    { header: words.disposition, cell: ({ disposition, scriptVersion }) => (disposition === null ? '' : (shape.dispositions.get(`${scriptVersion}/${disposition}`) ?? disposition)) },
    { header: words.talkSeconds, cell: ({ talkMs }) => String(wholeSeconds(talkMs)) },
    { header: words.manager, cell: ({ managerName }) => managerName ?? '' },
    { header: words.managerOutcome, cell: ({ managerOutcome }) => (managerOutcome === null ? '' : words.managerOutcomes[managerOutcome]) },
    { header: words.managerMissed, cell: ({ managerMissedBecause }) => words.managerMissedBecause[managerMissedBecause ?? ''] ?? '' },
    { header: `${words.managerCallback} (${shape.timeZone})`, cell: ({ managerCallbackAt }) => clockText(managerCallbackAt, shape.timeZone, 'yyyy-MM-dd HH:mm') },
    { header: words.callback, cell: ({ callbackAt, contact: { timeZone } }) => clockText(callbackAt, timeZone, 'yyyy-MM-dd HH:mm') },
    { header: words.notes, cell: ({ notes }) => notes },
    ...shape.questions.map(({ key, label, kind }): ExportColumn<ExportedCall> => ({
      header: label,
      cell: ({ answers }) => {
        const answer = answers[key] ?? '';
        return kind === 'yesNo' && answer !== '' ? (answer === 'yes' ? words.yes : words.no) : answer;
      },
    })),
  ];
}
