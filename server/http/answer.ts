import type { Problem } from '../../domain/api.ts';

/** An expected refusal; becomes `application/problem+json`. `code` is stable, `detail` is for people. */
export interface Refusal {
  readonly refused: true;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  /** Seconds, for 429. */
  readonly retryAfter?: number;
  /** Members of the problem beside the standard's, by name. */
  readonly extra?: Readonly<Record<string, unknown>>;
}
export interface Success {
  readonly refused: false;
  readonly status: number;
  readonly body: unknown;
}
/** A download, sent as it is made. */
export interface FileAnswer {
  readonly refused: false;
  readonly status: 200;
  readonly file: { readonly name: string; readonly type: string; readonly content: AsyncIterable<string | Uint8Array> };
}
/** What is not JSON and has headers of its own; without content: headers alone. */
export interface StreamAnswer {
  readonly refused: false;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: AsyncIterable<Uint8Array> | undefined;
}
export type Answer = Success | FileAnswer | StreamAnswer | Refusal;

export const answer = (body: unknown, status = 200): Success => ({ refused: false, status, body });
export const fileAnswer = (file: FileAnswer['file']): FileAnswer => ({ refused: false, status: 200, file });
export const streamAnswer = (status: number, headers: Readonly<Record<string, string>>, stream?: AsyncIterable<Uint8Array>): StreamAnswer => ({ refused: false, status, headers, stream });
export const noContent = (): Success => ({ refused: false, status: 204, body: undefined });

export function refuse(status: number, code: string, detail?: string, more: Pick<Refusal, 'fields' | 'retryAfter' | 'extra'> = {}): Refusal {
  return { refused: true, status, code, ...(detail === undefined ? {} : { detail }), ...more };
}
/** While PostgreSQL is away nothing is taken that could be lost; calls go on without it. */
export const databaseAway = refuse(503, 'databaseAway', 'The exchange cannot write anything down for the moment. Calls go on; try again in a few seconds.', { retryAfter: 5 });
/** Also the answer for what belongs to somebody else: whether it exists is nobody's business. */
export const notFound = (what = 'It'): Refusal => refuse(404, 'notFound', `${what} does not exist, or it is not yours.`);
export const badField = (field: string, message: string, status = 422, code = 'invalid'): Refusal =>
  refuse(status, code, 'Correct the fields that are named.', { fields: [{ field, message }] });

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request', 401: 'Not signed in', 403: 'Not allowed', 404: 'Not found', 405: 'Method not allowed', 409: 'Not possible now', 410: 'Gone',
  413: 'Too large', 415: 'Unsupported media type', 422: 'Invalid input', 429: 'Too many attempts', 500: 'Something went wrong here', 503: 'Not available now',
};

export function toProblem({ status, code, detail, fields, extra }: Refusal): Problem {
  return {
    ...extra,
    type: 'about:blank',
    title: titles[status] ?? 'Refused',
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(fields === undefined ? {} : { fields }),
  };
}
