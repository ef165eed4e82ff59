import type { Problem } from '../domain/api.ts';

export interface BadField { readonly field: string; readonly message: string }

/** A refusal with its stable code; `network` when no answer came at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly fields: readonly BadField[];
  /** How long the server asks to wait (`Retry-After`), in milliseconds; null where it does not say. */
  readonly retryAfterMs: number | null;
  constructor(status: number, code: string, message: string, fields: readonly BadField[] = [], retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterMs = retryAfterMs;
  }
}

export const asApiError = (error: unknown): ApiError => (error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error)));

/** Nobody is there to say yes or no: worth trying again. */
export const isAway = ({ status }: ApiError): boolean => status === 0 || status >= 500;

export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
  upload<T>(path: string, file: File, onProgress: (share: number) => void, fields?: Readonly<Record<string, string>>): Promise<T>;
}

const root = '/api/v1';

export function createApi(onSignedOut: () => void): Api {
  const request = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    let response: Response;
    try {
      response = await fetch(root + path, {
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        credentials: 'same-origin',
        cache: 'no-store',
      });
    } catch {
      throw new ApiError(0, 'network', '');
    }
    return readAnswer<T>(response.status, await response.text().catch(() => ''), path, onSignedOut, response.headers.get('retry-after'));
  };
  return {
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body ?? {}),
    put: (path, body) => request('PUT', path, body),
    patch: (path, body) => request('PATCH', path, body),
    delete: (path) => request('DELETE', path),
    upload: (path, file, onProgress, fields) => upload(path, { file, fields }, onProgress, onSignedOut),
  };
}

function readAnswer<T>(status: number, text: string, path: string, onSignedOut: () => void, retryAfter: string | null = null): T {
  const body = parse(text);
  if (status >= 200 && status < 300) return body as T;
  if (status === 401 && path !== '/sessions' && path !== '/session') onSignedOut();
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  throw new ApiError(status, problem.code ?? `http${status}`, problem.detail ?? problem.title ?? '', problem.fields ?? [], /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * 1_000 : null);
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch() cannot tell how much has gone up; XMLHttpRequest can. */
function upload<T>(path: string, { file, fields = {} }: { file: File; fields?: Readonly<Record<string, string>> | undefined }, onProgress: (share: number) => void, onSignedOut: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', root + path);
    request.setRequestHeader('accept', 'application/json');
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener('error', () => reject(new ApiError(0, 'network', '')));
    request.addEventListener('load', () => {
      try {
        resolve(readAnswer<T>(request.status, request.responseText, path, onSignedOut));
      } catch (error) {
        reject(asApiError(error));
      }
    });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', file);
    request.send(form);
  });
}
