import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../platform/log.ts';
import { isOutage } from '../../platform/postgres/database.ts';
import { databaseAway, refuse, type Refusal } from './answer.ts';
import { TooManyReadings } from '../imports/reading-places.ts';
import { sendRefusal } from './mount.ts';

/** What nobody expected: logged without the values that it was about, answered with the log's id and nothing of the inside. */
export function handleErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = bodyRefusal(error) ?? busyRefusal(error);
    if (known) return sendRefusal(response, known);
    if (isOutage(error)) {
      log.warn({ method: request.method, path: request.routePath ?? request.path, error: (error as Error).message }, 'database away');
      return sendRefusal(response, databaseAway);
    }
    const id = randomUUID();
    log.error({ id, method: request.method, path: request.routePath ?? request.path, error: told(error) }, 'request failed');
    sendRefusal(response, refuse(500, 'internal', `The fault is ours. Try again; if it stays, name this to your administrator: ${id}`));
  };
}

/** PostgreSQL's `detail` and `where` quote whole rows: telephone numbers and notes, which no log may have. */
function told(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, code, constraint } = error as Error & { code?: string; constraint?: string };
  return { name, message, stack, code, constraint };
}

/** Nothing is at fault: the server has its hands full. */
const busyRefusal = (error: unknown): Refusal | undefined =>
  error instanceof TooManyReadings ? refuse(503, 'readersBusy', 'Many files are being read at this moment: send this one again in half a minute.', { retryAfter: error.retryAfterS }) : undefined;

/** Refusals of express.json, known by their `type`. */
function bodyRefusal(error: unknown): Refusal | undefined {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.parse.failed') return refuse(400, 'badJson', 'The body is not valid JSON.');
  if (type === 'entity.too.large') return refuse(413, 'tooLarge', 'The body is larger than 512 kB.');
  if (typeof type === 'string' && /^(encoding|charset|request|entity)\./.test(type)) return refuse(400, 'badBody', 'The body cannot be read.');
  if (error instanceof URIError) return refuse(400, 'badAddress', 'The address cannot be read.');
  return undefined;
}
