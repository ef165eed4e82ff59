const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Switches, lines and alarms. */
export const adminEn = {
  stale: (why: string, at: string) => `${why} What stands here was so at ${at}.`, toLines: 'To the lines', auditTab: 'Audit log',
  alarms: {
    spendCapReached: 'Today’s spend cap is reached: no new calls leave, running ones go on. Raise the cap, or wait for tomorrow.',
    diskFull: (id: string) => `${id}: its disk is nearly full, so no new recordings are started. Calls go on.`,
    recordingsStopped: (id: string) => `${id}: no new recordings are started; its controller’s log says why. Calls go on.`,
  },
  switches: {
    title: 'Switches', text: 'The FreeSWITCH servers that carry the calls.', all: 'All switches', inService: 'in service', operators: 'operators on line', calls: 'calls', ofAll: (n: number, all: number) => `${n} of ${all}`,
    looks: { up: 'Up', down: 'Down', draining: 'Being drained', drainingDown: 'Being drained, down', drained: 'Drained, may be taken out', lost: 'Declared lost', lostUp: 'Declared lost, up again' },
    since: (at: string) => `since ${at}`, sessions: (n: string, most: string) => `${n} of ${most} sessions`, unknownLoad: 'Load is not known while it is down',
    standing: 'On it', operatorsOn: (n: number) => count(n, 'operator', 'operators'), callsOn: (n: number) => count(n, 'call', 'calls'),
    version: 'Version', browsers: 'Browsers reach it at', network: 'Telephone network', practice: 'none: robots answer', trunk: 'by a trunk', notHeard: 'not known yet',
    drain: 'Drain', resume: 'Bring back', lose: 'Declare lost',
    drainingText: 'Nothing new starts there. Operators are moved to another switch between calls, without a click.', drainedText: 'Nobody is left on it.',
    downText: 'Calls on it may be alive. If it will not come back: it can be declared lost after a minute without its controller, or at once when it is drained.',
    lostText: 'Its calls are closed. Start the switch and its controller to bring it back.', lostUpText: 'What still stood there is being ended. Bring it back when it is sound.',
    drainDone: (id: string) => `${id} is being drained.`, resumeDone: (id: string) => `${id} is back in service.`,
    lostDone: (id: string, calls: number, operators: number) => `${id} is declared lost: ${count(calls, 'call', 'calls')} closed, ${count(operators, 'operator', 'operators')} free to go on line elsewhere.`,
    loseTitle: (id: string) => `Declare ${id} lost?`,
    loseText: (calls: number, operators: number) => `${count(calls, 'call is', 'calls are')} closed as it was last heard, and ${count(operators, 'operator', 'operators')} can go on line at another switch. Contacts are called again by the rules of their campaign.`,
    loseMore: 'Talks that still run there are cut as soon as its controller is back. Recordings that are only there may be lost. This cannot be undone.',
    drainLastTitle: (id: string) => `Drain ${id}?`, drainLastText: 'No other switch is in service: nobody can begin a call until one is.',
  },
  lines: {
    title: 'Lines', text: 'The trunks to the telephone network, and what a day may cost.',
    today: 'Today’s telephone costs', open: 'Calls leave', stopped: 'No new calls leave', spent: 'spent', liveMost: 'running calls may add', cap: 'cap',
    spendText: 'What running calls can still cost counts as spent, so the cap is never exceeded. At the cap nothing new is dialled, and every administrator gets a letter.',
    capField: 'A day may cost at most', change: 'Change', amountWrong: 'Enter an amount, for example 5000 or 5000.50', capSaved: 'The cap is changed.',
    practice: 'Practice line', only: 'In use', spare: 'For switches without a trunk', practiceText: 'Robots answer; nothing leaves the switch and nothing is counted.',
    legs: (n: number) => (n === 0 ? 'Idle' : `${n.toLocaleString('en')} on the line`), atOnce: (n: number, most: string) => `${n} of ${most} at once`, atOnceNoLimit: (n: number) => `${n} at once, no limit`,
    spentToday: 'Spent today', price: 'Price a minute', rates: (n: number) => `and ${count(n, 'price by prefix', 'prices by prefix')}`, rate: 'Calls a second', noLimit: 'no limit', callerId: 'Caller ID', noCallerId: 'the provider’s own',
    countries: 'Countries', everyCountry: 'every country', types: 'Kinds of numbers', kinds: { mobile: 'mobile', fixed: 'fixed-line', tollFree: 'toll-free', other: 'internet and company numbers' },
    edit: 'Change', editTitle: (id: string) => `Trunk ${id}`, atOnceField: 'Calls at once', emptyNoLimit: 'Empty: no limit', priceHint: 'Of a started minute', callerIdHint: 'For example +74951234567; empty: the provider’s own',
    countriesHint: 'Two letters each, for example RU, KZ; empty: every country', neverDialled: 'Emergency, premium-rate, shared-cost and satellite numbers are never dialled, whatever stands here.', trunkSaved: (id: string) => `${id} is changed.`,
    remedies: { callsPerSecond: 'A whole number from 1 to 1,000, or empty', concurrency: 'A whole number from 1 to 10,000, or empty', pricePerMinute: 'An amount, for example 1.20', callerId: 'A number looks like +74951234567', countries: 'Two letters each, for example RU, KZ', types: 'Allow at least one kind of number' },
    alarms: 'Alarms', noAlarms: 'There has been none.', alarmOpen: 'Open', alarmOver: 'Over',
  },
  /** The refusals' codes. */
  refusals: {
    switchHeld: 'Its controller is alive, or was a minute ago: drain the switch first, or wait a minute.', switchNotConfirmed: 'Its controller is alive, or was a minute ago: confirm that its calls are to be closed.',
    switchStillLost: 'It was declared lost and is not up: start the switch and its controller first.', notFound: 'It does not exist any more.', databaseAway: 'The database does not answer: nothing can be changed now, talks go on.',
  },
};
