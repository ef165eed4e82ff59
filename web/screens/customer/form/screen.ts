import type { TemplateResult } from 'lit-html';
import type { Campaign } from '../../../../domain/api.ts';
import { asApiError } from '../../../api.ts';
import { readStored, writeStored } from '../../../stored.ts';
import { errorText, language, t } from '../../../texts/texts.ts';
import type { Part, PartContext } from '../part.ts';
import { type CampaignForm, checkForm, emptyForm, fieldId, formOf, type FormErrors, formPath } from './state.ts';
import { type FormPage, formView } from './view.ts';

/** What is typed stays in the browser until the server has it: neither a sign-out nor a closed tab loses it. */
export class FormScreen implements Part {
  private page: FormPage;
  private loaded: boolean;
  private readonly context: PartContext;
  private readonly id: string | null;

  constructor(context: PartContext, id: string | null) {
    this.context = context;
    this.id = id;
    const kept = this.kept();
    this.page = { form: kept ?? emptyForm(language), errors: {}, problem: null, saving: false, dirty: kept !== null };
    this.loaded = id === null;
    if (id !== null) void this.load(id);
  }

  title(): string { return this.page.form.name.trim() || t.customer.newCampaign; }
  close(): void { /* Nothing runs between keystrokes. */ }
  view(): TemplateResult {
    return formView(this.page, { change: (change) => this.change(change), save: () => void this.save(), insert: (column) => this.insert(column) });
  }

  private async load(id: string): Promise<void> {
    try {
      const campaign = await this.context.api.get<Campaign>(`/campaigns/${encodeURIComponent(id)}`);
      const kept = this.kept();
      this.put({ form: kept ? { ...kept, columns: campaign.columns } : formOf(id, campaign) });
      this.loaded = true;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ problem: errorText(error.code, error.message) });
    }
  }

  private change(change: Partial<CampaignForm>): void {
    const form = { ...this.page.form, ...change };
    writeStored(this.storageKey(), JSON.stringify(form));
    // A field that is being corrected stops complaining; the others keep their remedy.
    const errors = Object.keys(this.page.errors).length === 0 ? this.page.errors : remaining(this.page.errors, form);
    this.put({ form, errors, dirty: true });
  }

  private async save(): Promise<void> {
    if (this.page.saving || !this.loaded) return;
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
    this.page = { ...this.page, ...change };
    this.context.changed();
  }

  private storageKey(): string { return `campaign form ${this.id ?? 'new'}`; }
  private kept(): CampaignForm | null {
    try {
      const kept = JSON.parse(readStored(this.storageKey()) ?? 'null') as Partial<CampaignForm> | null;
      // The shape of a form changes with versions of this page.
      const usual = emptyForm(language);
      return kept === null || Object.keys(usual).some((key) => !(key in kept)) || Object.keys(usual.rules).some((key) => !(key in (kept.rules ?? {}))) ? null : (kept as CampaignForm);
    } catch {
      return null;
    }
  }
}

function remaining(errors: FormErrors, form: CampaignForm): FormErrors {
  const checked = checkForm(form);
  if (checked.ok) return {};
  return Object.fromEntries(Object.entries(errors).filter(([path]) => path in checked.errors).map(([path]) => [path, checked.errors[path] ?? '']));
}
