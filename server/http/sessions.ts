import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Config } from '../../platform/config.ts';
import { refuse } from './answer.ts';
import { sendRefusal } from './mount.ts';
import { sessionMs, type SessionStore } from './session-store.ts';

/** The session cookie; each answer puts its end off by a day. */
export function sessions(config: Config, store: SessionStore, secret: string): RequestHandler {
  const secure = config.publicUrl.startsWith('https:');
  return session({
    name: secure ? '__Host-exchange' : 'exchange',
    secret,
    store,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    // TLS ends at a proxy in front; Express trusts it (see app.ts).
    proxy: secure,
    cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: sessionMs },
  });
}

/** Without Redis nobody new is known: said so, rather than as a fault. */
export function refuseWithoutSessions(sessionHandler: RequestHandler): RequestHandler {
  return (request, response, next) =>
    sessionHandler(request, response, (error?: unknown) => {
      if (error === undefined || error === null) next();
      // Redis may fail for a request that was answered without it.
      else if (!response.headersSent) sendRefusal(response, refuse(503, 'sessionsAway', 'Signing in is not possible for the moment: try again in a few seconds.', { retryAfter: 5 }));
    });
}
