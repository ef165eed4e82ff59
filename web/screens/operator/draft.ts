/**
 * Notes and answers as typed. What is not yet on the server is kept in the browser under the call's id, so that neither
 * a reload nor a lost network loses a word.
 */
export interface Draft {
  readonly callId: string;
  readonly notes: string;
  readonly answers: Readonly<Record<string, string>>;
  /** Counts changes: a save that was overtaken by typing does not make the rest "saved". */
  readonly version: number;
  readonly savedVersion: number;
  readonly savedAt: string | null;
  readonly status: 'saved' | 'saving' | 'failed';
}

export interface DraftSource {
  readonly id: string;
  readonly notes: string;
  readonly notesSavedAt: string | null;
  readonly answers: Readonly<Record<string, string>>;
}

/** The page's own draft stays as long as the call does: the server only repeats what came from here. */
export function draftFor(current: Draft | null, call: DraftSource | null, kept: string | null): Draft | null {
  if (!call) return null;
  if (current?.callId === call.id) return current;
  const unsaved = parseKept(kept);
  return {
    callId: call.id,
    notes: unsaved?.notes ?? call.notes,
    answers: unsaved ? { ...call.answers, ...unsaved.answers } : call.answers,
    version: unsaved ? 1 : 0,
    savedVersion: 0,
    savedAt: call.notesSavedAt,
    status: 'saved',
  };
}

export const typedNotes = (draft: Draft, notes: string): Draft => ({ ...draft, notes, version: draft.version + 1 });
export const answered = (draft: Draft, question: string, value: string): Draft => ({ ...draft, answers: { ...draft.answers, [question]: value }, version: draft.version + 1 });
export const isUnsaved = (draft: Draft): boolean => draft.version > draft.savedVersion;
export const saving = (draft: Draft): Draft => ({ ...draft, status: 'saving' });
export const saved = (draft: Draft, version: number, savedAt: string): Draft => ({ ...draft, savedVersion: Math.max(draft.savedVersion, version), savedAt, status: 'saved' });
export const saveFailed = (draft: Draft): Draft => ({ ...draft, status: 'failed' });

export const keptKey = (callId: string): string => `notes ${callId}`;
export const keptText = (draft: Draft): string => JSON.stringify({ notes: draft.notes, answers: draft.answers });

function parseKept(kept: string | null): { notes: string; answers: Record<string, string> } | null {
  if (kept === null) return null;
  try {
    const value = JSON.parse(kept) as { notes?: unknown; answers?: unknown };
    if (typeof value.notes !== 'string' || typeof value.answers !== 'object' || value.answers === null) return null;
    return { notes: value.notes, answers: value.answers as Record<string, string> };
  } catch {
    return null;
  }
}
