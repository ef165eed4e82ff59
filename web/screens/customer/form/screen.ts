import type { TemplateResult } from 'lit-html';
import type { Campaign } from '../../../../domain/api.ts';
import { asApiError } from '../../../api.ts';
import { readStored, writeStored } from '../../../stored.ts';
import { errorText, language, t } from '../../../texts/texts.ts';
import type { Part, PartContext } from '../part.ts';
import { type CampaignForm, checkForm, emptyForm, fieldId, formOf, type FormErrors, formPath, keptForm, sameForm } from './state.ts';
import { discardDialogId, type FormPage, formView, formWaiting } from './view.ts';

/** What is typed stays in the browser until the server has it: neither a sign-out nor a closed tab loses it. */
export class FormScreen implements Part {
  /** Null until the campaign is there: nobody types into a form that is not its own. */
  private page: FormPage | null = null;
  /** As the server has it; what a draft is held against, and what discarding goes back to. */
  private saved: CampaignForm = emptyForm(language, Intl.DateTimeFormat().resolvedOptions().timeZone);
  private problem: string | null = null;
  private closed = false;
  private readonly context: PartContext;
  private readonly id: string | null;

  constructor(context: PartContext, id: string | null) {
    this.context = context;
    this.id = id;
    if (id === null) {
      this.show(this.saved);
      void this.readLine();
    }
    else void this.load(id);
  }

  title(): string { return this.page?.form.name.trim() || (this.id === null ? t.customer.newCampaign : t.customer.editTitle); }
  close(): void { this.closed = true; }
  view(): TemplateResult {
    if (this.page === null) return formWaiting(this.problem, () => { if (this.id !== null) void this.load(this.id); });
    return formView(this.page, {
      change: (change) => this.change(change), save: () => void this.save(), insert: (column) => this.insert(column),
      cancel: () => this.cancel(), askDiscard: () => this.ask('stay'), keepEditing: () => this.ask(null), discard: () => this.discard(),
    });
  }

  /** A campaign that is not there yet cannot tell whether the house's line keeps sound. */
  private async readLine(): Promise<void> {
    const { lineRecords } = await this.context.api.get<{ lineRecords: boolean }>('/campaigns').catch(() => ({ lineRecords: true }));
    if (this.closed || this.page === null || lineRecords) return;
    this.saved = { ...this.saved, lineRecords };
    this.put({ form: { ...this.page.form, lineRecords } });
  }

  private async load(id: string): Promise<void> {
    this.problem = null;
    this.context.changed();
    try {
      const campaign = await this.context.api.get<Campaign>(`/campaigns/${encodeURIComponent(id)}`);
      if (!this.closed) this.show(formOf(id, campaign));
    } catch (thrown) {
      const error = asApiError(thrown);
      this.problem = errorText(error.code, error.message);
      this.context.changed();
    }
  }

  /** The form as the server has it, or the draft of it that this browser keeps. */
  private show(saved: CampaignForm): void {
    this.saved = saved;
    const draft = keptForm(readStored(this.storageKey()), saved);
    if (draft === null) writeStored(this.storageKey(), null);
    this.page = { id: this.id, form: draft ?? saved, errors: {}, problem: null, saving: false, dirty: draft !== null, asking: null };
    this.context.changed();
  }

  private change(change: Partial<CampaignForm>): void {
    if (this.page === null) return;
    const form = { ...this.page.form, ...change };
    const dirty = !sameForm(form, this.saved);
    writeStored(this.storageKey(), dirty ? JSON.stringify(form) : null);
    // A field that is being corrected stops complaining; the others keep their remedy.
    const errors = Object.keys(this.page.errors).length === 0 ? this.page.errors : remaining(this.page.errors, form);
    this.put({ form, errors, dirty });
  }

  private cancel(): void {
    if (this.page?.dirty === true) this.ask('leave');
    else this.leave();
  }

  private ask(asking: FormPage['asking']): void {
    this.put({ asking });
    const dialog = document.getElementById(discardDialogId);
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (asking === null) dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  private discard(): void {
    const asked = this.page?.asking;
    this.ask(null);
    writeStored(this.storageKey(), null);
    this.show(this.saved);
    if (asked === 'leave') this.leave();
  }

  private leave(): void {
    this.context.go(this.id === null ? '/customer' : `/customer/campaigns/${encodeURIComponent(this.id)}`);
  }

  private async save(): Promise<void> {
    if (this.page === null || this.page.saving) return;
    const checked = checkForm(this.page.form);
    if (!checked.ok) return this.refused(checked.errors);
    this.put({ saving: true, problem: null, errors: {} });
    try {
      if (this.id === null) {
        const { id } = await this.context.api.post<{ id: string }>('/campaigns', checked.input);
        this.done(`/customer/campaigns/${encodeURIComponent(id)}/contacts`);
      } else {
        await this.context.api.patch(`/campaigns/${encodeURIComponent(this.id)}`, checked.input);
        this.done(`/customer/campaigns/${encodeURIComponent(this.id)}`);
      }
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ saving: false });
      if (error.fields.length > 0) this.refused(Object.fromEntries(error.fields.map(({ field, message }) => [formPath(field), message])));
      else this.put({ problem: errorText(error.code, error.message) });
    }
  }

  private done(path: string): void {
    writeStored(this.storageKey(), null);
    this.context.go(path);
  }

  private refused(errors: FormErrors): void {
    const paths = Object.keys(errors);
    this.put({ errors, problem: t.customer.wrongFields(paths.length) });
    // The fields are drawn in the next microtask.
    setTimeout(() => {
      const first = document.querySelector<HTMLElement>('.campaign-form [aria-invalid="true"]') ?? document.getElementById(fieldId(paths[0] ?? ''));
      first?.focus();
    });
  }

  /** Where the cursor stands in the script. */
  private insert(column: string): void {
    const area = document.getElementById(fieldId('script'));
    if (!(area instanceof HTMLTextAreaElement)) return;
    area.setRangeText(`{${column}}`, area.selectionStart, area.selectionEnd, 'end');
    this.change({ script: area.value });
    area.focus();
  }

  private put(change: Partial<FormPage>): void {
    if (this.page === null) return;
    this.page = { ...this.page, ...change };
    this.context.changed();
  }

  private storageKey(): string { return `campaign form ${this.id ?? 'new'}`; }
}

function remaining(errors: FormErrors, form: CampaignForm): FormErrors {
  const checked = checkForm(form);
  if (checked.ok) return {};
  return Object.fromEntries(Object.entries(errors).filter(([path]) => path in checked.errors).map(([path]) => [path, checked.errors[path] ?? '']));
}
