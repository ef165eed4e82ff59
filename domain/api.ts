/**
 * Shapes that the server answers and the browser reads (`/api/v1`). Times are ISO 8601 in UTC, durations end in Ms,
 * ids are strings, phone numbers are masked unless the shape says otherwise.
 */
import type { RecordedWhat } from './call/recording.ts';
import type { CampaignState, Destinations, Disposition, Manager, ManagerRing, Question, Rules } from './campaign.ts';
import type { DestinationType } from './destination-types.ts';
import type { ManagerOutcome } from './manager-outcome.ts';
import type { MappedColumn } from './script.ts';

export type Role = 'customer' | 'operator' | 'manager' | 'moderator' | 'admin';
export interface SessionUser { readonly id: string; readonly name: string; readonly email: string; readonly role: Role }

/** RFC 9457. `code` is stable; `fields` names each bad field with its remedy. */
export interface Problem {
  readonly type: string; readonly title: string; readonly status: number; readonly code: string; readonly detail?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

// ── account ─────────────────────────────────────────────────────────────────────────────────────────────
export interface Account {
  readonly user: SessionUser;
  /** `since`: a code is asked for at sign-in since then, null: it is not. */
  readonly secondFactor: { readonly since: string | null; readonly recoveryCodesLeft: number; readonly obligatory: boolean };
  /** The one used last first. */
  readonly sessions: readonly { readonly id: string; readonly address: string; readonly userAgent: string; readonly signedInAt: string; readonly seenAt: string; readonly current: boolean }[];
}
/** What a sign-in answers: who it is, or which step is still to come. */
export type SignedIn = { readonly user: SessionUser } | { readonly user: null; readonly secondStep: 'code' | 'enrol' };

export interface AuditEntryShown {
  readonly id: string; readonly at: string; readonly userId: string | null; readonly userName: string | null; readonly role: Role | null; readonly customerName: string | null;
  readonly address: string | null; readonly action: string; readonly subject: string | null; readonly subjectId: string | null;
  /** What the subject is called by now: a campaign, an account, a manager, a file; null where it has no name, or is gone. */
  readonly subjectName: string | null; readonly details: Readonly<Record<string, unknown>>;
}
export interface AuditPage { readonly entries: readonly AuditEntryShown[]; readonly next: string | null }

// ── customer ────────────────────────────────────────────────────────────────────────────────────────────
export interface CampaignCounts {
  /** `queued` wait for a call, `inHand` are on the line or being written up, the rest are finished. */
  readonly contacts: number; readonly queued: number; readonly inHand: number; readonly finished: number;
  /** Calls made so far, answered or not. */
  readonly calls: number;
  readonly dialled: number; readonly reached: number; readonly talked: number; readonly interested: number; readonly handedOver: number;
  readonly operatorsCalling: number;
}
export interface CampaignSummary { readonly id: string; readonly name: string; readonly state: CampaignState; readonly createdAt: string; readonly counts: CampaignCounts }
/** `linkMadeAt`: a page's personal link is out there since then; the link itself is shown once, when it is made. */
export interface CampaignManager extends Manager { readonly id: string; readonly linkMadeAt: string | null; readonly pageOpen: boolean }
export interface Campaign extends CampaignSummary {
  readonly country: string; readonly language: 'ru' | 'en'; readonly timeZone: string;
  readonly script: string; readonly scriptVersion: number;
  readonly questions: readonly Question[]; readonly dispositions: readonly Disposition[];
  readonly managers: readonly CampaignManager[]; readonly managerRing: ManagerRing;
  /** Null: whatever the house's lines allow. */
  readonly destinations: Destinations | null;
  /** The first of them. */
  readonly manager: CampaignManager | null; readonly rules: Rules;
  /** Placeholders that the script may use: `{name}` and the columns of the uploaded lists. */
  readonly columns: readonly string[];
  /** Further words that find a column of the lists: the headers of those that were taken as a name, a city …, and what these are called. */
  readonly headers: readonly string[];
  /** False: calls leave by the stand-in switch, which keeps no sound whatever the rules say. */
  readonly lineRecords?: boolean;
}
export interface ListProblem { readonly row: number; readonly kind: 'duplicate' | 'rejected'; readonly reason: string }
export interface ListResult {
  readonly id: string; readonly fileName: string; readonly accepted: number; readonly duplicates: number; readonly rejected: number;
  /** At most the first 1,000. */
  readonly problems: readonly ListProblem[];
}

/** The customer's own contact: the number is whole. */
export interface CallResult {
  readonly id: string; readonly at: string; readonly contactName: string; readonly company: string; readonly phone: string;
  readonly operatorName: string; readonly attempt: number; readonly state: 'live' | 'wrapUp' | 'done';
  /** The machine's word while live (`ringing`, `talking`, `briefing` …), see domain/call. */
  readonly callState: string;
  readonly outcome: string | null; readonly hangupCause: string | null;
  readonly disposition: { readonly key: string; readonly label: string; readonly meaning: string } | null;
  /** Up to `talkingSince`, since when operator and contact talk; null: they do not, and `talkMs` is all. */
  readonly talkMs: number; readonly talkingSince: string | null;
  readonly notes: string; readonly scriptVersion: number;
  readonly answers: readonly { readonly label: string; readonly value: string }[];
  /** Who was given the contact, and what became of it. */
  readonly manager: { readonly name: string; readonly outcome: ManagerOutcome | null } | null;
  /** How many segments are stored, were until they were erased, or are on their way; 0: nothing to open. */
  readonly recordings: number;
  /** Why there are none although the call was to be recorded, as of a segment. */
  readonly notRecorded: string | null;
  /** When the contact agreed to be called again, and the zone of their clock (IANA). */
  readonly callback: { readonly at: string; readonly timeZone: string } | null;
  /** A manager who could not take the contact asked for a call at this time. */
  readonly managerCallbackAt: string | null;
  /** A manager was wanted and the contact was given to none: why the last transfer came back, as `CockpitCall.transferEnded`. */
  readonly managerMissedBecause: string | null;
}
/** What was recorded of a call. `offsetMs` is its place in the call, counted from the answer; sound can be had of `stored` ones alone. */
export interface CallRecordingSegment {
  readonly id: string; readonly segment: number; readonly what: RecordedWhat; readonly state: 'running' | 'stored' | 'failed' | 'erased';
  /** Why there is none: practiceLine, notAnnounced, refused, diskFull, empty, lost, unreadable; retention. */
  readonly reason: string | null;
  readonly startedAt: string; readonly offsetMs: number; readonly durationMs: number | null; readonly bytes: number | null; readonly erasedAt: string | null;
}
export interface CallRecordings { readonly segments: readonly CallRecordingSegment[] }
/** `now`: the server's clock, for what runs. */
export interface ResultsPage { readonly now: string; readonly results: readonly CallResult[]; readonly next: string | null; readonly counts: CampaignCounts }

// ── operator ────────────────────────────────────────────────────────────────────────────────────────────
export type OperatorState = 'offline' | 'connecting' | 'ready' | 'reserved' | 'onCall' | 'wrapUp' | 'paused';

export interface Task {
  readonly id: string; readonly name: string; readonly language: string; readonly contactsLeft: number;
  readonly operatorsCalling: number; readonly scriptPreview: string; readonly hasManager: boolean;
}

export interface CockpitContact {
  readonly id: string; readonly name: string; readonly company: string; readonly city: string;
  readonly phoneMasked: string; readonly timeZone: string; readonly attempt: number;
  /** The row's other columns, in the file's order. */
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** Its other columns by their headers in the file, for the script: what each was taken as, and the contact's value. */
  readonly mapped: readonly MappedColumn[];
}
export type TransferState = 'requested' | 'ringing' | 'briefing' | 'handingOver' | 'returning' | 'handedOver';
export interface CockpitCall {
  readonly id: string;
  /** dialling · ringing · talking · transfer · ending · ended (as the operator sees it) */
  readonly state: 'dialling' | 'ringing' | 'talking' | 'transfer' | 'ending' | 'ended';
  readonly startedAt: string; readonly answeredAt: string | null; readonly endedAt: string | null;
  /** When the maximum duration ends the call. */
  readonly limitAt: string | null;
  readonly hangupCause: string | null; readonly outcome: string | null; readonly talkMs: number;
  readonly transfer: { readonly state: TransferState; readonly since: string; /** Who rings now, or talks with the operator: names, empty where they have none. */ readonly managers: string } | null;
  /** The contact hears music since then. */
  readonly onHoldSince: string | null;
  /** Why the last transfer came back: notAllowed (that number may not be telephoned), notOpen (no manager's page stands open), busy, noAnswer, declined, later (a call in 15 minutes, please), failed, hungUp, cancelled, contactHungUp. */
  readonly transferEnded: { readonly reason: string; readonly at: string } | null;
  readonly notes: string; readonly notesSavedAt: string | null; readonly answers: Readonly<Record<string, string>>;
  readonly scriptVersion: number;
}
/** By what an operator is on line: the page's own sound, a SIP phone of theirs, a telephone number that the exchange rings. */
export type LineKind = 'browser' | 'device' | 'phone';
/** `lastUsedAt`: when it was rung last. */
export interface OperatorDevice { readonly id: string; readonly name: string; readonly username: string; readonly createdAt: string; readonly lastUsedAt: string | null }
/** What is typed into a SIP phone; the password is shown this once. */
export interface NewDevice { readonly id: string; readonly name: string; readonly username: string; readonly password: string; readonly domain: string; readonly server: string }

export interface Cockpit {
  readonly version: string;
  /** The server's clock, for timers. */
  readonly now: string;
  readonly operator: { readonly id: string; readonly name: string; readonly state: OperatorState; readonly pauseReason: string | null; readonly since: string };
  /** `keepsNoSound`: the stand-in switch, which cannot record. */
  readonly line: { readonly up: boolean; readonly practice: boolean; readonly keepsNoSound?: boolean; readonly legUp: boolean; readonly pageId: string | null; readonly kind: LineKind };
  readonly campaign: null | {
    readonly id: string; readonly name: string; readonly state: CampaignState; readonly script: string; readonly scriptVersion: number;
    readonly questions: readonly Question[]; readonly dispositions: readonly Disposition[];
    readonly managerName: string | null; readonly maxDurationMs: number; readonly wrapUpMs: number;
  };
  /** Before: the claimed next contact. During and after: the call's contact. */
  readonly contact: CockpitContact | null;
  readonly call: CockpitCall | null;
  readonly wrapUp: null | { readonly until: string; readonly extensionsLeft: number };
  /** The operator's last attempt while it is less than a minute ago and nobody answered; `againAt`: when the contact is due again, null when never. */
  readonly lastCall: null | { readonly contactName: string; readonly outcome: string | null; readonly hangupCause: string | null; readonly at: string; readonly againAt: string | null };
  readonly today: { readonly calls: number; readonly talkMs: number };
}

/** One-use credentials of this page's leg: SIP over WebSocket, INVITE with digest, no REGISTER. */
export interface PhoneCredentials {
  readonly wsUrl: string; readonly domain: string; readonly username: string; readonly password: string;
  /** The URI to INVITE. */
  readonly target: string; readonly expiresAt: string;
}

export const callRequestKinds = ['hangUp', 'transfer', 'handOver', 'return'] as const;
export type CallRequestKind = (typeof callRequestKinds)[number];

// ── administrator ───────────────────────────────────────────────────────────────────────────────────────
/** A FreeSWITCH of the house. `operators`: standing legs; `calls`: those that have not ended; `sessions`: what the switch says itself. */
export interface SwitchState {
  readonly id: string; readonly wsUrl: string | null; readonly up: boolean; readonly downSince: string | null;
  /** Up or down since then. */
  readonly since: string;
  /** As the switch names itself; null: it has not been heard yet. */
  readonly version: string | null;
  /** Nothing new starts there since then. */
  readonly drainingSince: string | null;
  /** Declared lost: its calls are closed and nothing starts there. */
  readonly lostSince: string | null;
  /** No controller has held it for a while, or it is drained: an administrator may declare it lost. */
  readonly mayBeDeclaredLost: boolean;
  readonly practice: boolean; readonly operators: number; readonly calls: number; readonly sessions: number; readonly maxSessions: number | null;
  /** It can be taken out without anybody noticing. */
  readonly empty: boolean;
}

/** A way out to the telephone network; without a gateway: the practice line, which counts nothing. Null: no limit. Amounts in minor units. */
export interface Trunk {
  readonly id: string; readonly gateway: string | null; readonly callsPerSecond: number | null; readonly concurrency: number | null;
  /** Of a started minute, where no prefix of `rates` fits. */
  readonly pricePerMinute: number; readonly callerId: string | null;
  /** ISO 3166-1 alpha-2; null: every country. */
  readonly countries: readonly string[] | null; readonly types: readonly DestinationType[];
  readonly rates: readonly { readonly prefix: string; readonly pricePerMinute: number }[];
  /** Legs on it now, as `concurrency` counts them; and what it has cost today. */
  readonly live: number; readonly spentMinor: string;
}
/** Today's spend, the most that the live calls can add, and the cap; minor units. `day`: of the house's time zone, 2026-11-21. */
export interface Spend { readonly day: string; readonly spentMinor: string; readonly liveMostMinor: string; readonly capMinor: string }
/** `recordingsStopped`: its subject is the switch that starts none; of `spendCapReached` it is the day. */
export interface Alarm { readonly id: string; readonly kind: 'spendCapReached' | 'recordingsStopped'; readonly subject: string; readonly detail: Readonly<Record<string, unknown>>; readonly raisedAt: string; readonly clearedAt: string | null }
export interface AdminLines { readonly trunks: readonly Trunk[]; readonly spend: Spend; /** Open ones first. */ readonly alarms: readonly Alarm[] }

// ── manager ─────────────────────────────────────────────────────────────────────────────────────────────
/** What rings on a manager's page before Accept: no more than this of the contact. */
export interface RingingTransfer {
  readonly id: string; readonly campaignName: string; readonly firstName: string; readonly operatorName: string;
  /** Since when the contact listens to music. */
  readonly onHoldSince: string;
}
/** What the socket tells a waiting page: who rings now, with the link for that one transfer. */
export interface ManagerRinging { readonly now: string; readonly transfer: RingingTransfer | null; readonly token: string | null }

/** `away`: handed over, and the manager's page has left; the contact hears music until it calls in again. */
export type TransferStage = 'ringing' | 'accepted' | 'briefing' | 'handedOver' | 'away' | 'over' | 'missed';
/** After Accept: who it is, whole. */
export interface TransferContact {
  readonly name: string; readonly company: string; readonly city: string; readonly phone: string;
  readonly notes: string; readonly answers: readonly { readonly label: string; readonly value: string }[];
  readonly fields: readonly { readonly label: string; readonly value: string }[];
}
export interface ManagerTransfer extends RingingTransfer {
  readonly now: string; readonly stage: TransferStage;
  /** Why it was missed: the machine's word (busy, noAnswer, taken, cancelled …). */
  readonly missedBecause: string | null;
  readonly contact: TransferContact | null;
  readonly since: string; readonly outcome: ManagerOutcome | null;
}
/** What a link opens: a manager's own page, or one transfer. */
export type ManagerSession =
  | {
    readonly kind: 'inbox'; readonly managerName: string; readonly campaignName: string;
    /** Whether the manager can sign in to see earlier transfers. */
    readonly hasLogin: boolean;
    /** The contact whom the manager was given last and has not judged yet: taken up again by a page that is opened anew. */
    readonly transferId: string | null;
  }
  | { readonly kind: 'transfer'; readonly transferId: string };

export interface TransferHistoryItem {
  readonly id: string; readonly at: string; readonly campaignName: string; readonly managerName: string; readonly contactName: string; readonly phone: string;
  readonly state: string; readonly handedOver: boolean; readonly missed: boolean; readonly outcome: ManagerOutcome | null; readonly callbackAt: string | null;
}
