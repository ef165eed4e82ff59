import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { badField, refuse, type Refusal } from './http/answer.ts';

export interface Upload { readonly filePath: string; /** As the sender named it, without folders. */ readonly fileName: string; /** The form's other fields. */ readonly fields: Readonly<Record<string, string>> }

const fileNameMost = 200;

/**
 * Takes one uploaded file to disk, hands it to `use`, and removes it whatever happens.
 * @param field the form's field that holds the file
 */
export async function withUpload<T>(request: Request, { field, limitBytes }: { field: string; limitBytes: number }, use: (upload: Upload) => Promise<T>): Promise<T | Refusal> {
  if (!request.is('multipart/form-data')) return refuse(415, 'needsFile', `Send multipart/form-data with the file in the field "${field}".`);
  const directory = await mkdtemp(join(tmpdir(), 'exchange-upload-'));
  try {
    const received = await receive(request, join(directory, 'file'), field, limitBytes);
    return 'refused' in received ? received : await use(received);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function receive(request: Request, filePath: string, field: string, limitBytes: number): Promise<Upload | Refusal> {
  const fields: Record<string, string> = {};
  let taken: { fileName: string; written: Promise<void>; cut: () => boolean } | undefined;
  try {
    // `fileSize` is what may pass: a file of exactly the limit is not too large.
    const form = busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { files: 1, fields: 20, fieldSize: 10_000, fileSize: limitBytes + 1 } });
    form.on('field', (name, value) => { fields[name] = value; });
    form.on('file', (name, stream, { filename }) => {
      if (name !== field || taken) return void stream.resume();
      const written = pipeline(stream, createWriteStream(filePath));
      // Awaited below, once the form is over; until then a failure must not be an unhandled one.
      written.catch(() => undefined);
      taken = { fileName: basename((filename || 'list').replaceAll('\\', '/')).slice(0, fileNameMost), written, cut: () => stream.truncated === true };
    });
    await pipeline(request, form);
    await taken?.written;
  } catch {
    return refuse(400, 'uploadBroken', 'The upload broke off or is not a form: send the file again.');
  }
  if (!taken) return badField(field, `choose a file: the form’s field is "${field}"`);
  if (taken.cut()) return refuse(413, 'fileTooLarge', `The file is larger than ${Math.floor(limitBytes / 1_048_576)} MB. Split it and upload the parts.`);
  return { filePath, fileName: taken.fileName, fields };
}
