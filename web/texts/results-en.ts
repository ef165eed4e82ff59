import type { RecordedWhat } from '../../domain/call/recording.ts';
import type { resultOutcomes } from '../../domain/results-filter.ts';

export const resultsEn = {
  title: 'Results', all: 'All results', search: 'Search', searchHint: 'Name, phone or note', result: 'Result', means: 'Means', outcome: 'Call', operator: 'Operator', from: 'From', to: 'To', any: 'Any',
  clear: 'Clear filters', none: 'Nothing matches', noneText: 'Take a filter away, or look for less.', export: 'Download',
  exportCalls: 'These calls', exportContacts: 'Contacts of these calls', exportAllContacts: 'All contacts', exportFiltered: 'What the filters leave, and who was called in it. Contacts come with the columns that they were uploaded with, ready to upload again.', exportText: 'Every call, and every contact of the campaign, called or not. Contacts come with the columns that they were uploaded with, ready to upload again.',
  phone: 'Phone', shown: (n: number, isMore: boolean) => (isMore ? `The newest ${n.toLocaleString('en')} calls` : n === 1 ? '1 call' : `${n.toLocaleString('en')} calls`),
  recording: {
    listen: 'Listen', listenTo: (who: string, time: string) => `Listen to the call with ${who}, ${time}`, title: (who: string) => `Call with ${who}`, player: 'Recording of the call', segments: 'Parts of the recording',
    what: { conversation: 'Operator and contact', briefing: 'Operator and manager', handedOver: 'Contact and manager' } satisfies Record<RecordedWhat, string>,
    from: (clock: string) => `from ${clock}`, running: 'being stored…', erased: 'erased', erasedOn: (date: string) => `erased on ${date}`, notRecorded: 'not recorded', broken: 'The sound did not come. Try again.',
    reasons: {
      practiceLine: 'not recorded: practice line', notAnnounced: 'not recorded: the announcement failed', refused: 'not recorded: the switch refused', diskFull: 'not recorded: no disk space', empty: 'nothing was said', lost: 'the recording is lost', unreadable: 'the recording is damaged',
    } as Readonly<Record<string, string>>,
  },
  outcomes: { live: 'on the phone', handedOver: 'handed over', talked: 'talked', noAnswer: 'no answer', busy: 'busy', rejected: 'declined', invalidNumber: 'no such number', cancelled: 'cancelled', failed: 'not reached', unknown: 'unknown' } satisfies Record<(typeof resultOutcomes)[number], string>,
};
