import type { CallRecordings, CallRecordingSegment, CallResult } from '../../../../domain/api.ts';

/** The call whose recordings stand open. */
export interface Listening {
  readonly result: CallResult;
  /** null while they are being read. */
  readonly segments: readonly CallRecordingSegment[] | null;
  readonly chosen: string | null;
  /** Begin to play as soon as the sound is there: chosen by hand, or the one before has ended. */
  readonly plays: boolean;
  readonly problem: string | null;
}

export const opened = (result: CallResult): Listening => ({ result, segments: null, chosen: null, plays: false, problem: null });

export const soundUrl = (id: string): string => `/api/v1/recordings/${encodeURIComponent(id)}/audio`;
export const canPlay = ({ state }: CallRecordingSegment): boolean => state === 'stored';

/** The first one that can be heard stands ready; what was chosen stays chosen when the list is read again. */
export function withSegments(listening: Listening, { segments }: CallRecordings): Listening {
  const stays = segments.find(({ id }) => id === listening.chosen);
  const chosen = stays && canPlay(stays) ? stays : segments.find(canPlay);
  return { ...listening, segments, chosen: chosen?.id ?? null };
}

/** What is heard after the chosen one has ended. */
export function afterChosen({ segments, chosen }: Listening): CallRecordingSegment | undefined {
  const at = (segments ?? []).findIndex(({ id }) => id === chosen);
  return at === -1 ? undefined : (segments ?? []).slice(at + 1).find(canPlay);
}

/** Something is still on its way to the store. */
export const isUnfinished = ({ segments }: Listening): boolean => (segments ?? []).some(({ state }) => state === 'running');
