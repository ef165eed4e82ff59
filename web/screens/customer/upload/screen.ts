import type { TemplateResult } from 'lit-html';
import type { Campaign, ListResult } from '../../../../domain/api.ts';
import type { ListPreview } from '../../../../domain/spreadsheet/preview.ts';
import { asApiError, type ApiError } from '../../../api.ts';
import { errorText, t } from '../../../texts/texts.ts';
import { remedyText } from '../remedy.ts';
import type { Part, PartContext } from '../part.ts';
import { choiceOf, emptyUpload, lacksPhone, looksLikeSpreadsheet, takenAs, withHeaderRow, withoutChange, withSheet, withUse, type UploadPage } from './state.ts';
import { uploadView } from './view.ts';

const progressTickMs = 700;

export class UploadScreen implements Part {
  private page: UploadPage = emptyUpload;
  private file: File | null = null;
  /** Something was chosen while the server was still looking. */
  private lookAgain = false;
  private closed = false;
  private readonly context: PartContext;
  private readonly path: string;

  constructor(context: PartContext, id: string) {
    this.context = context;
    this.path = `/campaigns/${encodeURIComponent(id)}`;
    void this.readEarlier();
  }

  title(): string { return t.customer.uploadTitle; }
  close(): void {
    this.closed = true;
    this.giveUp();
  }
  view(): TemplateResult {
    return uploadView(this.page, `/customer${this.path}`, `/api/v1${this.path}/lists`, {
      choose: (file) => void this.send(file),
      dragOver: (over) => { if (over !== this.page.over) this.put({ over }); },
      use: (index, use) => this.choose(withUse(this.page, index, use)),
      sheet: (sheet) => this.choose(withSheet(this.page, sheet)),
      headerRow: (row) => this.choose(withHeaderRow(this.page, row)),
      take: () => void this.take(),
      undo: () => this.choose(withoutChange(this.page)),
      start: () => void this.start(),
      again: () => { this.giveUp(); this.file = null; this.put({ ...emptyUpload, earlier: this.page.earlier }); void this.readEarlier(); },
    });
  }

  private async send(file: File | null): Promise<void> {
    if (!file || this.page.sent !== null || this.page.busy !== null) return;
    if (!looksLikeSpreadsheet(file.name)) return this.put({ problem: t.list.notSpreadsheet });
    this.giveUp();
    this.file = file;
    this.put({ ...emptyUpload, earlier: this.page.earlier, fileName: file.name, sent: 0 });
    try {
      await this.sendFile(file);
    } catch (thrown) {
      this.put({ sent: null, busy: null, problem: problemText(asApiError(thrown)) });
    }
    if (this.closed) this.giveUp();
    else document.querySelector<HTMLElement>('#take')?.focus();
  }

  /** What is chosen already goes with it, for a file that the server no longer has. */
  private async sendFile(file: File): Promise<void> {
    const preview = await this.watched('looking', (progress) =>
      this.context.api.upload<ListPreview>(`${this.path}/lists/preview`, file, (sent) => this.put({ sent }), formOf(progress, choiceOf(this.page.chosen))));
    this.put({ sent: null, preview, isStale: this.lookAgain, problem: null });
  }

  private choose(page: UploadPage): void {
    this.page = page;
    this.put({ problem: lacksPhone(page) ? t.list.choosePhone : null });
    if (lacksPhone(page) && page.chosen.mapping !== null) return;
    if (page.busy === null) void this.look();
    else this.lookAgain = true;
  }

  private async look(): Promise<void> {
    do {
      this.lookAgain = false;
      try {
        await this.withUpload(async (kept) => {
          const preview = await this.watched('looking', (progress) => this.context.api.post<ListPreview>(kept, { ...choiceOf(this.page.chosen), progress }));
          this.put({ preview, isStale: this.lookAgain, problem: null });
        }, (file) => this.sendFile(file));
      } catch (thrown) {
        this.put({ problem: `${problemText(asApiError(thrown))} ${t.list.stillChosen}` });
      }
    } while (this.lookAgain);
  }

  private async take(): Promise<void> {
    if (this.page.busy !== null || this.page.preview === null || lacksPhone(this.page)) return;
    try {
      const result = await this.withUpload(
        (kept) => this.watched('taking', (progress) => this.context.api.post<ListResult>(`${kept}/take`, { ...takenAs(this.page), progress })),
        (file) => this.watched('taking', (progress) => this.context.api.upload<ListResult>(`${this.path}/lists`, file, (sent) => this.put({ sent }), formOf(progress, takenAs(this.page)))),
      );
      this.file = null;
      this.put({ result, preview: null, problem: null, sent: null });
      await this.readCampaign();
    } catch (thrown) {
      this.put({ sent: null, problem: `${problemText(asApiError(thrown))} ${t.list.stillChosen}` });
    }
  }

  /** What a draft still lacks is told; without it the page is none the worse. */
  private async readCampaign(): Promise<void> {
    const campaign = await this.context.api.get<Campaign>(this.path).catch(() => null);
    this.put({ campaign });
  }

  private async start(): Promise<void> {
    if (this.page.starting) return;
    this.put({ starting: true, problem: null });
    try {
      await this.context.api.post(`${this.path}/start`);
      this.context.go(`/customer${this.path}`);
    } catch (thrown) {
      const error = asApiError(thrown);
      this.put({ starting: false, problem: [errorText(error.code, error.message), ...error.fields.map(({ message }) => remedyText(message))].join(' ') });
    }
  }

  /**
   * Works with the file that the server keeps. One that it gave up meanwhile, or that another server has, is sent once more
   * with what was chosen, in a request that needs nothing kept.
   */
  private async withUpload<T>(work: (kept: string) => Promise<T>, send: (file: File) => Promise<T>): Promise<T> {
    try {
      return await work(`${this.path}/lists/preview/${this.page.preview?.uploadId ?? ''}`);
    } catch (thrown) {
      if (asApiError(thrown).code !== 'uploadGone' || this.file === null) throw thrown;
      return send(this.file);
    }
  }

  /** Asks meanwhile how many rows are read. */
  private async watched<T>(busy: 'looking' | 'taking', act: (progress: string) => Promise<T>): Promise<T> {
    const id = crypto.randomUUID();
    this.put({ busy, rowsRead: 0 });
    const timer = setInterval(() => {
      if (this.page.sent !== null && this.page.sent < 1) return;
      this.context.api.get<{ rowsRead: number | null }>(`/lists/progress/${id}`).then(({ rowsRead }) => { if (rowsRead !== null && this.page.busy === busy) this.put({ rowsRead }); }, () => undefined);
    }, progressTickMs);
    try {
      return await act(id);
    } finally {
      clearInterval(timer);
      this.put({ busy: null });
    }
  }

  /** The server need not keep what nobody will take. */
  private giveUp(): void {
    const { preview } = this.page;
    if (preview !== null) void this.context.api.delete(`${this.path}/lists/preview/${preview.uploadId}`).catch(() => undefined);
  }

  private async readEarlier(): Promise<void> {
    const { lists } = await this.context.api.get<{ lists: readonly ListResult[] }>(`${this.path}/lists`).catch(() => ({ lists: [] }));
    this.put({ earlier: lists });
  }

  private put(change: Partial<UploadPage>): void {
    this.page = { ...this.page, ...change };
    if (!this.closed) this.context.changed();
  }
}

/** What was chosen, as fields of the form that carries the file. */
const formOf = (progress: string, { sheet, headerRow, mapping }: ReturnType<typeof choiceOf>): Record<string, string> => ({
  progress, ...(sheet === undefined ? {} : { sheet }), ...(headerRow === undefined ? {} : { headerRow: String(headerRow) }), ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
});

const problemText = ({ code, message, fields }: ApiError): string =>
  code === 'invalid' && fields.length > 0 ? fields.map((field) => remedyText(field.message)).join(' ') : (t.refusals[code] ?? errorText(code, message));
