import type { LegId } from '../leg.ts';
import type { Draft } from './draft.ts';
import type { Handled } from './moves.ts';

/**
 * What of a call is recorded. A recording is a row of segments: music interrupts it, a return goes on with the next one,
 * and the briefing is a segment of its own on the manager's leg. Each begins when a bridge is confirmed and is stopped
 * before its leg is moved or hung up.
 */

/** `handedOver`: contact and manager, after the operator's work is done. */
export const recordedWhats = ['conversation', 'briefing', 'handedOver'] as const;
export type RecordedWhat = (typeof recordedWhats)[number];

/** The announcement's sound with the time to lift the receiver; what is said before it has ended is not recorded. */
export const announcementMs = 2_500;

export interface CallRecording {
  /** Both sides hear that they are recorded, before they are. */
  readonly announce: boolean;
  /** The conversation of contact and manager is not the operator's work: only where the campaign says so. */
  readonly afterHandOver: boolean;
  /** Nothing is recorded before the contact was told, where they are to be told. */
  told: boolean;
  /** How many segments there were. */
  segments: number;
  running: { readonly segment: number; readonly leg: LegId } | null;
}

/** The contact answered. */
export function beginRecording(draft: Draft): void {
  const { call } = draft;
  if (call.recording === null) return;
  if (!call.recording.announce) return told(draft);
  draft.order({ type: 'AnnounceRecording', leg: call.contactLeg, language: call.language });
  draft.deadline('announced', announcementMs);
}

function told(draft: Draft): void {
  if (draft.call.recording === null) return;
  draft.call.recording.told = true;
  if (draft.call.state === 'talking') startSegment(draft, 'conversation', draft.call.contactLeg);
}

/** The announcement has ended: the recording begins, or, where the contact is on music by now, with the next conversation. */
export function announced(draft: Draft): Handled {
  if (draft.call.recording === null || draft.call.recording.told || draft.call.answeredAt === null) return 'late';
  told(draft);
  return 'moved';
}

/** Whoever may not have been told is not recorded. */
export function notAnnounced(draft: Draft): Handled {
  const { call } = draft;
  if (call.recording === null || call.recording.told || call.answeredAt === null) return 'late';
  draft.order({ type: 'NoteUnrecorded', leg: call.contactLeg, segment: 1 });
  draft.clear('announced');
  call.recording = null;
  return 'moved';
}

export function startSegment(draft: Draft, what: RecordedWhat, leg: LegId | null): void {
  const { recording, answeredAt } = draft.call;
  if (recording === null || !recording.told || answeredAt === null || leg === null || !draft.alive(leg)) return;
  if (what === 'handedOver' && !recording.afterHandOver) return;
  stopSegment(draft);
  recording.segments += 1;
  recording.running = { segment: recording.segments, leg };
  draft.order({ type: 'StartRecording', leg, segment: recording.segments, what, offsetMs: Math.max(0, Math.round(draft.at - answeredAt)) });
}

/** Before the leg is moved or hung up (FS#1673, #2067). A leg that is gone has closed its file itself. */
export function stopSegment(draft: Draft): void {
  const { recording } = draft.call;
  if (!recording?.running) return;
  draft.order({ type: 'StopRecording', ...recording.running });
  recording.running = null;
}
