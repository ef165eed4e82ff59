import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, RequestHandler } from 'express';
import onHeaders from 'on-headers';
import type { Config } from '../../platform/config.ts';

/**
 * A browser that has signed in to an account before keeps a device cookie for it, and is counted by itself: strangers who
 * guess passwords, from wherever and however many, cannot keep its owner out. It opens nothing.
 * Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
 */
export interface Devices {
  /** The nonce of this browser's cookie for the account, where it is ours. */
  of(request: Request, userId: string): string | undefined;
  /** Gives this browser a cookie for the account with the next answer. */
  trust(request: Request, userId: string): void;
  /** Writes the cookie; stands before the session's own middleware, so that the session's cookie is the first of the answer. */
  readonly middleware: RequestHandler;
}

const liveS = 180 * 86_400;
/** Accounts that one browser is known for. */
const most = 5;
/** `<user id>.<nonce>.<mac>` */
const shape = /^(\d{1,18})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export function openDevices({ publicUrl }: Pick<Config, 'publicUrl'>, secret: string): Devices {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-exchange-device' : 'exchange-device';
  const macOf = (userId: string, nonce: string) => createHmac('sha256', secret).update(`${userId}.${nonce}`).digest('base64url');
  const entries = (request: Request) =>
    (parseCookie(request.headers.cookie ?? '')[name] ?? '').split('~').flatMap((text) => {
      const [, userId, nonce, mac] = shape.exec(text) ?? [];
      return userId && nonce && mac && timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(userId, nonce))) ? [{ userId, nonce, text }] : [];
    });
  return {
    of: (request, userId) => entries(request).find((entry) => entry.userId === userId)?.nonce,
    trust(request, userId) {
      const nonce = randomBytes(16).toString('base64url');
      const others = entries(request).filter((entry) => entry.userId !== userId).slice(0, most - 1);
      request.deviceCookie = [`${userId}.${nonce}.${macOf(userId, nonce)}`, ...others.map(({ text }) => text)].join('~');
    },
    middleware: (request, response, next) => {
      onHeaders(response, () => {
        if (request.deviceCookie === undefined) return;
        response.append('Set-Cookie', stringifySetCookie({ name, value: request.deviceCookie, httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: liveS }));
      });
      next();
    },
  };
}
