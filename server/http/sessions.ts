import { RedisStore } from 'connect-redis';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { House } from '../house.ts';

const sessionMs = 24 * 3_600_000;

/** The session cookie. Sessions live in Redis; each answer puts the end off by a day. */
export function sessions({ config, redis }: Pick<House, 'config' | 'redis'>, secret: string): RequestHandler {
  const secure = config.publicUrl.startsWith('https:');
  return session({
    name: secure ? '__Host-exchange' : 'exchange',
    secret,
    store: new RedisStore({ client: redis, prefix: 'exchange:session:' }),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    // TLS ends at a proxy in front; Express trusts it (see app.ts).
    proxy: secure,
    cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: sessionMs },
  });
}
