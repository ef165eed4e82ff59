import type { resultOutcomes } from '../../domain/results-filter.ts';

export const resultsEn = {
  title: 'Results', all: 'All results', search: 'Search', searchHint: 'Name, phone or note', result: 'Result', means: 'Means', outcome: 'Call', operator: 'Operator', from: 'From', to: 'To', any: 'Any',
  clear: 'Clear filters', none: 'Nothing matches', noneText: 'Take a filter away, or look for less.', export: 'Download',
  exportCalls: 'These calls', exportContacts: 'Their contacts', exportText: 'What the filters leave, whole. Contacts come with the columns that they were uploaded with, ready to upload again.',
  phone: 'Phone', shown: (n: number, isMore: boolean) => (isMore ? `The newest ${n.toLocaleString('en')} calls` : n === 1 ? '1 call' : `${n.toLocaleString('en')} calls`),
  outcomes: { live: 'on the phone', handedOver: 'handed over', talked: 'talked', noAnswer: 'no answer', busy: 'busy', rejected: 'declined', invalidNumber: 'no such number', cancelled: 'cancelled', failed: 'not reached', unknown: 'unknown' } satisfies Record<(typeof resultOutcomes)[number], string>,
};
