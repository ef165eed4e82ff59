import { asApiError } from '../../api.ts';
import type { Api } from '../../api.ts';
import { writeStored } from '../../stored.ts';
import { type Draft, isUnsaved, keptKey, keptText, saved, saveFailed, saving } from './draft.ts';

const debounceMs = 400;
const retryMs = [2_000, 4_000, 8_000];

/** Sends what was typed, once at a time, and again when the network is back; until then it stays in the browser. */
export class NotesSaver {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<boolean> | null = null;
  private failures = 0;
  private readonly api: Api;
  private readonly read: () => Draft | null;
  private readonly write: (draft: Draft) => void;
  private readonly refused: (question: string) => void;

  constructor(api: Api, read: () => Draft | null, write: (draft: Draft) => void, refused: (question: string) => void) {
    this.refused = refused;
    this.api = api;
    this.read = read;
    this.write = write;
  }

  typed(draft: Draft): void {
    writeStored(keptKey(draft.callId), keptText(draft));
    this.later(debounceMs);
  }

  /** True when nothing is left to send. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    const draft = this.read();
    if (!draft || !isUnsaved(draft)) return true;
    this.running = this.send(draft);
    const done = await this.running;
    this.running = null;
    return done;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  /** @param without questions whose answers were refused: the rest is saved all the same */
  private async send(draft: Draft, without: ReadonlySet<string> = new Set()): Promise<boolean> {
    this.write(saving(draft));
    try {
      const { savedAt } = await this.api.put<{ savedAt: string }>(`/operator/calls/${encodeURIComponent(draft.callId)}/notes`, { notes: draft.notes, answers: Object.fromEntries(Object.entries(draft.answers).filter(([key]) => !without.has(key))) });
      this.failures = 0;
      const now = this.read();
      if (now?.callId !== draft.callId) return true;
      const after = saved(now, draft.version, savedAt);
      this.write(after);
      if (isUnsaved(after)) this.later(debounceMs);
      else writeStored(keptKey(draft.callId), null);
      return true;
    } catch (thrown) {
      const { status, fields } = asApiError(thrown);
      const wrong = fields.flatMap(({ field }) => (field.startsWith('answers.') ? [field.slice('answers.'.length)] : []));
      if (status === 422 && without.size === 0 && wrong.length > 0) {
        wrong.forEach(this.refused);
        return this.send(draft, new Set(wrong));
      }
      const now = this.read();
      if (now?.callId === draft.callId) this.write(saveFailed(now));
      // A refusal will not change its mind; a network or a server may.
      if (status === 0 || status >= 500 || status === 429) {
        this.later(retryMs[Math.min(this.failures, retryMs.length - 1)] ?? debounceMs);
        this.failures += 1;
      }
      return false;
    }
  }
}
