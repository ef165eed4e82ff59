import type { accountRu } from './account-ru.ts';

const minutes = 30;

/** Signing in, passwords, second factor, sessions and the audit log. */
export const accountEn: typeof accountRu = {
  forgot: 'Forgot password?', back: 'Back to sign-in', email: 'E-mail', emailMissing: 'Enter your e-mail', go: 'Go on',
  forgotten: {
    title: 'Forgot password', text: 'Give the e-mail of your account. A letter with a link for a new password comes to it.', send: 'Send the letter',
    sentTitle: 'Look into your mail', sent: (email: string) => `If there is an account for ${email}, a letter is on its way. Its link works for ${minutes} minutes, once.`,
    folder: 'This installation sends no e-mail (SMTP_URL is not set): the letter is a file in the folder “mail” of its DATA_DIR.',
    nothing: 'Nothing came? Look into the spam folder, and check the address.', again: 'Another address',
  },
  fresh: {
    title: 'New password', password: 'New password', hint: 'At least 10 characters. A few words in a row are easy to remember and hard to guess.', show: 'Show it', save: 'Save the password',
    doneTitle: 'Your password is changed', done: 'Every device was signed out. Sign in with the new password.', signIn: 'Sign in',
    linkOverTitle: 'This link opens nothing', linkOver: `It was used already, is older than ${minutes} minutes, or was cut. Ask for another letter.`, askAgain: 'Ask for another letter',
  },
  step: {
    title: 'Code from your app', text: 'Open the authenticator app on your phone and type its six digits.', code: 'Code', codeMissing: 'Enter the code', enter: 'Sign in', lost: 'No phone at hand? Type one of your recovery codes instead.',
    startOver: 'Sign in as somebody else', tooLate: 'Ten minutes have passed: enter e-mail and password again.',
  },
  enrol: {
    title: 'Protect your account', obligatory: 'Your role may see and stop a lot, so it always signs in with a code as well. It takes a minute, once.',
    scan: 'Scan this with an authenticator app: Aegis, Google or Microsoft Authenticator, 1Password …', qr: 'QR code for the authenticator app', orType: 'Or type this into the app:', copy: 'Copy', copied: 'Copied', openApp: 'Open the app on this device', code: 'The six digits that it shows', confirm: 'Turn it on',
  },
  codes: {
    title: 'Keep your recovery codes', text: 'When the phone is lost, each of these lets you in once. They are shown this one time: print them or put them into your password manager.', copy: 'Copy all', download: 'Save as a file', kept: 'I have kept them',
  },
  account: {
    title: 'Account', password: 'Password', current: 'Present password', change: 'Change password', changed: 'Your password is changed. Other devices were signed out.',
    factor: 'Code at sign-in', factorOn: (day: string) => `On since ${day}.`, factorOff: 'Off. With a code of an app on your phone, a stolen password alone opens nothing.', factorObligatory: 'Your role always signs in with a code.',
    codesLeft: (n: number) => `${n} of 10 recovery codes left.`, turnOn: 'Turn it on', turnOff: 'Turn it off', newCodes: 'New recovery codes', yourPassword: 'Your password', yourCode: 'Code of the app', goOn: 'Go on',
    sessions: 'Where you are signed in', sessionsText: 'A device that you do not know? End it, then change your password.', thisOne: 'this one', seen: 'last seen', since: 'signed in', end: 'End', everywhere: 'Sign out everywhere', everywhereText: 'Ends every session, this one too.', unknownBrowser: 'Unknown program',
  },
  moderator: { title: 'Home', text: 'You are signed in as moderator.', protection: 'Your account' },
  audit: {
    title: 'Audit log', text: 'Who did what, from where. Entries are only ever added: nobody can change or remove one.', when: 'When', who: 'Who', what: 'What', to: 'To what', from: 'From', all: 'Everything', filter: 'Show', more: 'Earlier entries', none: 'No entries', nobody: 'nobody signed in', house: 'the exchange itself',
    subjects: { user: 'account', session: 'session', campaign: 'campaign', list: 'list', manager: 'manager', recording: 'recording', operator: 'operator', switch: 'switch', lines: 'lines' },
    parts: { name: 'name', country: 'country', language: 'language', timeZone: 'time zone', script: 'script', questions: 'questions', dispositions: 'endings', managers: 'managers', managerRing: 'how managers are rung', rules: 'hours and limits', destinations: 'where calls may go' },
    actions: {
      signedIn: 'signed in', signInFailed: 'sign-in failed', signedOut: 'signed out', sessionEnded: 'ended a session', everySessionEnded: 'signed out everywhere',
      passwordChanged: 'changed the password', passwordResetAsked: 'asked for a new password', passwordReset: 'new password by letter', totpEnrolled: 'turned the code on', totpRemoved: 'turned the code off', totpFailed: 'wrong code', recoveryCodeUsed: 'used a recovery code', recoveryCodesMade: 'made new recovery codes',
      campaignStarted: 'started a campaign', campaignPaused: 'paused a campaign', campaignChanged: 'changed a campaign', listUploaded: 'uploaded contacts', resultsExported: 'exported results', problemsExported: 'exported bad rows', managerLinked: 'made a manager’s link', managerUnlinked: 'took a manager’s link back',
      recordingPlayed: 'listened to a recording', recordingErased: 'erased a recording', switchDrained: 'drained a switch', switchResumed: 'brought a switch back', switchDeclaredLost: 'declared a switch lost', linesChanged: 'changed lines and limits', spendCapReached: 'reached the day’s spend cap',
    },
  },
  /** The refusals' codes. */
  refusals: {
    'password.tooShort': 'At least 10 characters; a few words in a row are easy to remember.', 'password.tooLong': 'At most 1,024 characters.', 'password.known': 'This one is on the lists that strangers try first: choose another.', 'password.aboutYou': 'This is your name or address: choose something that a stranger cannot know.',
    wrongPassword: 'This is not your password.', wrongCode: 'This code is wrong, was used already or is over: take the next one.', enrolledAlready: 'This account has a second factor already: sign in again.', secondFactorObligatory: 'Your role always signs in with a code.', noSecondFactor: 'There is no second factor.', signInFirst: 'Ten minutes have passed: enter e-mail and password again.', tooManyAttempts: 'Too many attempts. Wait a few minutes and try again.',
  },
};
