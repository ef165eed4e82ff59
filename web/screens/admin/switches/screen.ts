import type { TemplateResult } from 'lit-html';
import { asApiError } from '../../../api.ts';
import { announce } from '../../../frame.ts';
import { adminProblem, tad } from '../../../texts/admin.ts';
import type { Part, PartContext } from '../part.ts';
import { isLastInService, type Question } from './state.ts';
import { questionDialogId, switchesView } from './view.ts';

export class SwitchesScreen implements Part {
  private busy: string | null = null;
  private problem: string | null = null;
  private done: string | null = null;
  private question: Question | null = null;
  private readonly context: PartContext;

  constructor(context: PartContext) { this.context = context; }

  title(): string { return tad().switches.title; }
  text(): string { return tad().switches.text; }
  close(): void { /* nothing runs */ }
  view(): TemplateResult {
    const { switches, problem } = this.context.overview();
    return switchesView({ switches, reading: problem === null, busy: this.busy, problem: this.problem, done: this.done, question: this.question }, {
      drain: (id) => { if (isLastInService(switches ?? [], id)) this.ask({ id, kind: 'drainLast' }); else void this.put(id, true); },
      resume: (id) => void this.put(id, false),
      askLost: (id) => this.ask({ id, kind: 'lost' }),
      leave: () => this.ask(null),
      confirm: () => void this.confirmed(),
    });
  }

  private ask(question: Question | null): void {
    const dialog = document.getElementById(questionDialogId) as HTMLDialogElement | null;
    this.question = question ?? this.question;
    if (question !== null) dialog?.showModal();
    else if (dialog?.open) dialog.close();
    this.context.changed();
  }

  private async confirmed(): Promise<void> {
    const { question } = this;
    this.ask(null);
    if (question?.kind === 'drainLast') await this.put(question.id, true);
    if (question?.kind === 'lost') await this.attempt(question.id, async () => {
      const { callsClosed, operatorsFreed } = await this.context.api.post<{ callsClosed: number; operatorsFreed: number }>(`/switches/${encodeURIComponent(question.id)}/lost`, { confirm: true });
      return tad().switches.lostDone(question.id, callsClosed, operatorsFreed);
    });
  }

  private put(id: string, draining: boolean): Promise<void> {
    return this.attempt(id, async () => {
      await this.context.api.put(`/switches/${encodeURIComponent(id)}`, { draining });
      return (draining ? tad().switches.drainDone : tad().switches.resumeDone)(id);
    });
  }

  /** One thing at a time; what came of it is said above the list. */
  private async attempt(id: string, work: () => Promise<string>): Promise<void> {
    if (this.busy !== null) return;
    Object.assign(this, { busy: id, problem: null, done: null });
    this.context.changed();
    try {
      this.done = await work();
      announce(this.done, 'polite');
    } catch (thrown) {
      this.problem = adminProblem(asApiError(thrown));
    }
    await this.context.read();
    this.busy = null;
    this.context.changed();
  }
}
