import type { TemplateResult } from 'lit-html';
import type { ListResult } from '../../../../domain/api.ts';
import { asApiError } from '../../../api.ts';
import { errorText, t } from '../../../texts/texts.ts';
import { remedyText } from '../remedy.ts';
import type { Part, PartContext } from '../part.ts';
import { emptyUpload, looksLikeSpreadsheet, problemsCsv, type UploadPage } from './state.ts';
import { uploadView } from './view.ts';

export class UploadScreen implements Part {
  private page: UploadPage = emptyUpload;
  private readonly context: PartContext;
  private readonly path: string;

  constructor(context: PartContext, id: string) {
    this.context = context;
    this.path = `/campaigns/${encodeURIComponent(id)}`;
    void this.readEarlier();
  }

  title(): string { return t.customer.uploadTitle; }
  close(): void { /* An upload that is under way is finished. */ }
  view(): TemplateResult {
    return uploadView(this.page, `/customer${this.path}`, {
      choose: (file) => void this.send(file),
      dragOver: (over) => { if (over !== this.page.over) this.put({ over }); },
      download: (result) => download(result),
      again: () => { this.put({ ...emptyUpload, earlier: this.page.earlier }); void this.readEarlier(); },
    });
  }

  private async send(file: File | null): Promise<void> {
    if (!file || this.page.sent !== null) return;
    if (!looksLikeSpreadsheet(file.name)) return this.put({ problem: t.customer.notSpreadsheet });
    this.put({ fileName: file.name, sent: 0, problem: null });
    try {
      const result = await this.context.api.upload<ListResult>(`${this.path}/lists`, file, (sent) => this.put({ sent }));
      this.put({ sent: null, result });
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ sent: null, problem: t.refusals[error.code] ?? errorText(error.code, error.message) });
    }
  }

  private async readEarlier(): Promise<void> {
    const { lists } = await this.context.api.get<{ lists: readonly ListResult[] }>(`${this.path}/lists`).catch(() => ({ lists: [] }));
    this.put({ earlier: lists });
  }

  private put(change: Partial<UploadPage>): void {
    this.page = { ...this.page, ...change };
    this.context.changed();
  }
}

function download(result: ListResult): void {
  const words = (kind: 'duplicate' | 'rejected') => (kind === 'duplicate' ? t.customer.duplicate : t.customer.rejectedWord);
  const csv = problemsCsv(result.problems.map((problem) => ({ ...problem, reason: remedyText(problem.reason) })), [t.customer.row, t.customer.what, t.customer.reason], words);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  link.download = `${result.fileName.replace(/\.\w+$/, '')}-rows.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
