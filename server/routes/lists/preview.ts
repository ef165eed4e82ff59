import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListPreview } from '../../../domain/spreadsheet/preview.ts';
import type { ImportedInto } from '../../../platform/postgres/lists.ts';
import type { House } from '../../house.ts';
import { refuse, type Refusal } from '../../http/answer.ts';
import type { KeptUpload } from '../../imports/kept-uploads.ts';
import type { ImportFailure } from '../../imports/outcome.ts';
import { previewList } from '../../imports/preview-list.ts';
import { prepareThread } from '../../imports/spare-thread.ts';
import { layoutOf, type Choice } from './choice.ts';

export const fileRefused = ({ code, detail }: ImportFailure): Refusal => refuse(422, code, detail, { fields: [{ field: 'file', message: detail }] });
export const uploadGone = (): Refusal => refuse(404, 'uploadGone', 'The file is no longer kept here: send it again.');
export const uploadBusy = (): Refusal => refuse(409, 'uploadBusy', 'This file is being read: wait until that is done.');
/** Beside the kept file: what became of its bad rows when it was last looked at. */
export const problemsFile = ({ folder }: KeptUpload): string => join(folder, 'problems.json');

/** Looks at a kept upload; it stays for the next look. */
export async function previewKept({ db, log, readingProgress }: House, campaign: ImportedInto, upload: KeptUpload, choice: Choice): Promise<ListPreview | Refusal> {
  const layout = layoutOf(choice);
  if ('refused' in layout) return layout;
  if (upload.busy) return uploadBusy();
  upload.busy = true;
  try {
    const looked = await readingProgress.during(upload.customerId, choice.progress, (onProgress) =>
      previewList({ db, customerId: upload.customerId, campaign, filePath: upload.filePath, choice: layout, log, onProgress }));
    if (!looked.ok) return fileRefused(looked);
    // For the next look, or for the taking.
    void prepareThread();
    const { preview, problems } = looked;
    await writeFile(problemsFile(upload), JSON.stringify({ columns: preview.columns.map(({ index, header, use }) => ({ index, label: header, role: use })), problems }));
    return { uploadId: upload.id, expiresAt: new Date(upload.expiresAtMs).toISOString(), fileName: upload.fileName, ...preview };
  } finally {
    upload.busy = false;
  }
}
