const minutes = 15;

/** The manager's page and history. */
export const managerEn = {
  title: 'Transfers', historyTitle: 'Your transfers', historyNewTab: 'Your transfers (in a new tab)', opening: 'Opening your page…',
  linkOver: 'This link opens nothing any more', linkOverText: 'Ask whoever gave it to you for a new one. It may have been replaced.', signIn: 'Sign in to see earlier transfers',
  waiting: 'Waiting for a contact', waitingText: 'Keep this page open: it rings when an operator brings somebody in.', forCampaign: (name: string) => `For “${name}”`,
  soundOff: 'The browser keeps this page silent until you touch it.', soundOn: 'Let it ring aloud', soundIsOn: 'It rings aloud.', tryRing: 'Try the ring', noServer: 'No connection to the exchange: trying again. It cannot ring now.',
  onLine: (name: string) => `${name} is on the line`, somebody: 'Somebody', somebodyLow: 'the contact', listening: (time: string, operator: string) => `Listening to music for ${time}. ${operator}, the operator, will tell you more.`,
  beforeAccept: 'Full name, company, number and the operator’s notes appear when you accept.',
  accept: 'Accept', later: `In ${minutes} minutes`, busy: 'Busy', connecting: 'Connecting you…', backTo: (name: string) => `${name} hears music: taking you back…`, allowMicrophone: 'Allow the microphone in your browser.',
  briefing: (operator: string) => `You are talking with ${operator}`, briefingText: (name: string, time: string) => `${name} hears music for ${time}, and is put through to you next.`,
  handedOver: (name: string) => `${name} is with you`, handedOverText: (time: string) => `Talking for ${time}.`, summary: 'Summary', noNotes: 'The operator has written nothing down yet.', number: 'Number', company: 'Company', city: 'City',
  mute: 'Mute', unmute: 'Unmute', hangUp: 'Hang up', again: 'Call in again', lineLost: 'The sound is interrupted. Reconnecting by itself…',
  elsewhere: (name: string) => `${name} is in a call with you`, elsewhereText: 'This page is not part of it: it may be open in another tab or on another device.',
  ended: 'The call has ended', whatCame: 'What came of it?', outcomes: { sold: 'Sold', interested: 'Interested', no: 'No' }, outcomeSaved: (what: string) => `Saved: ${what}.`, toWaiting: 'Wait for the next one', callBack: 'Call back',
  missedBecause: {
    taken: 'A colleague was quicker.', busy: 'You were busy; the operator has the contact again.', later: `The customer and the operator see that you ask for a call in ${minutes} minutes.`, noAnswer: 'Nobody answered in time; the operator has the contact again.',
    declined: 'Declined.', cancelled: 'The operator went back to the contact.', contactHungUp: 'The contact hung up while waiting.', failed: 'You could not be connected.', hungUp: 'You left; the operator has the contact again.', operatorLost: 'The operator’s line broke off.',
  } as Record<string, string>,
  historyNone: 'No transfers yet', historyNoneText: 'Contacts whom operators hand over to you are listed here, and those whom you missed.', state: { handedOver: 'Handed over', taken: 'Taken by a colleague', missed: 'Missed', later: `In ${minutes} minutes`, busy: 'You were busy' },
  saidRinging: (name: string) => `${name} is on the line. Accept, busy, or in ${minutes} minutes?`, onePageOnly: 'Links to your page come from the customer.',
};
