import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import type { SignedIn } from '../../platform/postgres/user-sessions.ts';
import { userOf } from '../accounts/logins.ts';
import type { House } from '../house.ts';
import { databaseAway, refuse, toProblem, type Answer, type Refusal } from './answer.ts';
import type { Route } from './route.ts';
import { validate } from './validate.ts';

/** Who asks is read first, by one row: what takes longer than this hangs. */
const patienceMs = 4_000;

/** Turns the route table into a router: session, role, input, handler, answer. */
export function mountRoutes(house: House, routes: readonly Route[]): Router {
  const router = Router({ strict: true, caseSensitive: true });
  for (const route of routes) {
    router[route.method](expressPath(route.path), async (request, response) => {
      request.routePath = route.path;
      await send(response, await run(house, route, request));
    });
  }
  router.use((request, response) => {
    const methods = routes.filter((route) => pathPattern(route.path).test(request.path)).map((route) => route.method.toUpperCase());
    if (methods.length === 0) return sendRefusal(response, refuse(404, 'notFound', 'There is nothing at this address; /openapi.json lists what there is.'));
    response.set('Allow', methods.join(', '));
    sendRefusal(response, refuse(405, 'methodNotAllowed', `Here one can ${methods.join(', ')}.`));
  });
  return router;
}

async function run(house: House, route: Route, request: Request): Promise<Answer> {
  const user = await withinPatience(authorise(house, route, request));
  if (user && 'refused' in user) return user;
  const params = validate(route.params, request.params);
  // An id of the wrong shape belongs to nothing.
  if (!params.ok) return refuse(404, 'notFound', 'There is nothing with this id.');
  const query = validate(route.query, request.query);
  if (!query.ok) return query.refusal;
  const body = validate(route.body, request.body);
  if (!body.ok) return body.refusal;
  return route.handle({ house, params: params.value, query: query.value, body: body.value, user: user as never, request });
}

/** A database that hangs is as good as away: nobody wants a key carried out when it goes on, long after it was pressed. */
async function withinPatience<T>(authorised: Promise<T>): Promise<T | Refusal> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Refusal>((resolve) => { timer = setTimeout(resolve, patienceMs, databaseAway); });
  try {
    return await Promise.race([authorised, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function authorise(house: House, { roles }: Route, request: Request): Promise<SignedIn | Refusal | undefined> {
  if (roles === 'anyone') return undefined;
  const user = await userOf(house, request.session);
  if (!user) return refuse(401, 'notSignedIn', 'Sign in first.');
  if (!roles.includes(user.role)) return refuse(403, 'notYourRole', `This is for ${roles.join(', ')}; you are signed in as ${user.role}.`);
  return user;
}

export async function send(response: Response, answer: Answer): Promise<void> {
  if (answer.refused) return sendRefusal(response, answer);
  response.status(answer.status).set('Cache-Control', 'no-store');
  if ('file' in answer) return flow(answer.file.content, response.attachment(answer.file.name).type(answer.file.type));
  if ('stream' in answer) {
    response.set(answer.headers);
    return answer.stream ? flow(answer.stream, response) : void response.end();
  }
  if (answer.status === 204) response.end();
  else response.json(answer.body);
}

async function flow(content: AsyncIterable<string | Uint8Array>, response: Response): Promise<void> {
  await pipeline(Readable.from(content), response).catch((error: NodeJS.ErrnoException) => {
    // Whoever closes the page in the middle of a download, or seeks in a sound, has done nothing wrong.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

export function sendRefusal(response: Response, refusal: Refusal): void {
  if (refusal.retryAfter !== undefined) response.set('Retry-After', String(refusal.retryAfter));
  response.status(refusal.status).set('Cache-Control', 'no-store').type('application/problem+json').send(JSON.stringify(toProblem(refusal)));
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');
const pathPattern = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
