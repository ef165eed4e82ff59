import type { TemplateResult } from 'lit-html';
import type { AdminLines } from '../../../../domain/api.ts';
import { type ApiError, asApiError } from '../../../api.ts';
import { announce } from '../../../frame.ts';
import { adminProblem, tad } from '../../../texts/admin.ts';
import type { Part, PartContext } from '../part.ts';
import { fieldOf, formOf, readForm, readMoney, type TrunkField, type TrunkForm } from './state.ts';
import { capFieldId, type Edited, linesView, trunkDialogId } from './view.ts';

export class LinesScreen implements Part {
  private busy = false;
  private problem: string | null = null;
  private done: string | null = null;
  /** As typed; null: the cap that stands. */
  private cap: string | null = null;
  private capRemedy: string | null = null;
  private edited: Edited | null = null;
  private readonly context: PartContext;

  constructor(context: PartContext) { this.context = context; }

  title(): string { return tad().lines.title; }
  text(): string { return tad().lines.text; }
  close(): void { /* nothing runs */ }
  view(): TemplateResult {
    const { lines, problem } = this.context.overview();
    return linesView({ lines, reading: problem === null, busy: this.busy, problem: this.problem, done: this.done, cap: this.cap, capRemedy: this.capRemedy, edited: this.edited }, {
      typeCap: (cap) => this.set({ cap, capRemedy: null }),
      saveCap: () => void this.saveCap(),
      edit: (id) => this.edit(id),
      type: (change) => this.type(change),
      leave: () => this.leave(),
      save: () => void this.save(),
    });
  }

  private set(change: { cap?: string | null; capRemedy?: string | null; problem?: string | null; done?: string | null; edited?: Edited | null; busy?: boolean }): void {
    Object.assign(this, change);
    this.context.changed();
  }

  private async saveCap(): Promise<void> {
    const minor = this.cap === null ? undefined : readMoney(this.cap);
    if (this.cap === null) return;
    if (minor === undefined) {
      this.set({ capRemedy: tad().lines.amountWrong });
      document.getElementById(capFieldId)?.focus();
      return;
    }
    await this.send({ dailySpendCapMinor: minor }, tad().lines.capSaved, (error) => this.set({ capRemedy: adminProblem(error) }));
    if (this.capRemedy === null) this.set({ cap: null });
  }

  private edit(id: string): void {
    const trunk = this.context.overview().lines?.trunks.find((each) => each.id === id);
    if (!trunk) return;
    this.set({ edited: { id, form: formOf(trunk), remedies: {}, problem: null } });
    queueMicrotask(() => (document.getElementById(trunkDialogId) as HTMLDialogElement | null)?.showModal());
  }

  private type(change: Partial<TrunkForm>): void {
    if (this.edited) this.set({ edited: { ...this.edited, form: { ...this.edited.form, ...change } } });
  }

  private leave(): void {
    const dialog = document.getElementById(trunkDialogId) as HTMLDialogElement | null;
    if (dialog?.open) dialog.close();
    this.set({ edited: null });
  }

  private async save(): Promise<void> {
    const { edited } = this;
    if (!edited || this.busy) return;
    const read = readForm(edited.id, edited.form);
    if ('wrong' in read) return this.refuse(Object.fromEntries(read.wrong.map((field) => [field, tad().lines.remedies[field]])));
    await this.send({ trunk: read.change }, tad().lines.trunkSaved(edited.id), (error) => {
      const fields = error.fields.flatMap(({ field }) => fieldOf(field) ?? []);
      if (fields.length > 0) this.refuse(Object.fromEntries(fields.map((field) => [field, tad().lines.remedies[field]])));
      else this.set({ edited: { ...edited, problem: adminProblem(error) } });
    });
    if (this.done !== null) this.leave();
  }

  private refuse(remedies: Partial<Record<TrunkField, string>>): void {
    if (!this.edited) return;
    this.set({ edited: { ...this.edited, remedies } });
    const [first] = Object.keys(remedies);
    queueMicrotask(() => document.getElementById(`trunk-${first}`)?.focus());
  }

  private async send(change: object, done: string, refused: (error: ApiError) => void): Promise<void> {
    this.set({ busy: true, problem: null, done: null });
    try {
      await this.context.api.patch<AdminLines>('/admin/lines', change);
      await this.context.read();
      this.set({ busy: false, done });
      announce(done, 'polite');
    } catch (thrown) {
      this.set({ busy: false });
      refused(asApiError(thrown));
    }
  }
}
