import type { TemplateResult } from 'lit-html';
import type { CallRecordings, CallResult } from '../../../../domain/api.ts';
import { asApiError } from '../../../api.ts';
import { errorText, t } from '../../../texts/texts.ts';
import type { PartContext } from '../part.ts';
import { afterChosen, isUnfinished, opened, withSegments, type Listening } from './state.ts';
import { playerId, recordingDialog } from './view.ts';

/** A segment is in the store a few seconds after its end. */
const againMs = 3_000;

/** The dialog in which a call is heard: opened by a results table, which draws `view` beside it. */
export class ListeningDialog {
  private listening: Listening | null = null;
  private readonly context: PartContext;
  private again: ReturnType<typeof setTimeout> | undefined;
  private opener: HTMLElement | null = null;

  constructor(context: PartContext) {
    this.context = context;
  }

  view(): TemplateResult {
    return recordingDialog(this.listening, {
      choose: (id) => this.choose(id),
      ended: () => { const next = this.listening && afterChosen(this.listening); if (next) this.choose(next.id); },
      broken: () => this.broken(),
      close: () => this.close(),
    });
  }

  open(result: CallResult): void {
    this.opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.put(opened(result));
    void this.read();
    // Drawn in the next microtask.
    setTimeout(() => this.dialog()?.showModal());
  }

  close(): void {
    if (this.listening === null) return;
    clearTimeout(this.again);
    this.put(null);
    this.dialog()?.close();
    this.opener?.focus();
  }

  private choose(id: string): void {
    if (this.listening === null) return;
    const same = this.listening.chosen === id;
    this.put({ ...this.listening, chosen: id, plays: true, problem: null });
    if (same) void this.player()?.play().catch(() => undefined);
  }

  private async read(): Promise<void> {
    const { listening } = this;
    if (listening === null) return;
    try {
      const recordings = await this.context.api.get<CallRecordings>(`/calls/${encodeURIComponent(listening.result.id)}/recordings`);
      // Another call, or none, stands open by now.
      if (this.listening?.result.id !== listening.result.id) return;
      const next = withSegments(this.listening, recordings);
      this.put(next);
      if (isUnfinished(next)) this.again = setTimeout(() => void this.read(), againMs);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (this.listening !== null) this.put({ ...this.listening, segments: this.listening.segments ?? [], problem: errorText(error.code, error.message) });
    }
  }

  /** The sound did not come: erased meanwhile, signed out, or the network. */
  private broken(): void {
    if (this.listening !== null) this.put({ ...this.listening, problem: t.results.recording.broken });
    void this.read();
  }

  private dialog(): HTMLDialogElement | null { return document.querySelector<HTMLDialogElement>('#dialog-recording'); }
  private player(): HTMLAudioElement | null { return document.querySelector<HTMLAudioElement>(`#${playerId}`); }

  private put(listening: Listening | null): void {
    this.listening = listening;
    this.context.changed();
  }
}
