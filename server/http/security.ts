import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../../platform/config.ts';
import { refuse } from './answer.ts';
import { sendRefusal } from './mount.ts';

/** Strict headers: nothing inline, nothing foreign, but the switches' WebSockets. */
export function securityHeaders(config: Config, switchOrigins: () => readonly string[]): RequestHandler[] {
  const secure = config.publicUrl.startsWith('https:');
  const { host } = new URL(config.publicUrl);
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          baseUri: ["'none'"],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          formAction: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          fontSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          mediaSrc: ["'self'", 'blob:', 'mediastream:'],
          workerSrc: ["'self'"],
          connectSrc: ["'self'", `${secure ? 'wss' : 'ws'}://${host}`, () => switchOrigins().join(' ')],
          ...(secure ? { upgradeInsecureRequests: [] } : {}),
        },
      },
      strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
      // On plain http browsers ignore it and complain.
      crossOriginOpenerPolicy: secure,
      originAgentCluster: secure,
    }),
    (_request, response, next) => {
      response.set('Permissions-Policy', 'microphone=(self), camera=(), geolocation=(), payment=(), usb=()');
      next();
    },
  ];
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a browser's page of another site asks: `origin` and `fetchSite` as it says itself, absent from other clients. */
export function isForeign(publicUrl: string, host: string | undefined, origin: string | undefined, fetchSite: string | undefined): boolean {
  if (origin !== undefined) return origin !== new URL(publicUrl).origin && hostOf(origin) !== host;
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

/** Unsafe methods come from our own pages or from no page at all, and carry JSON (or a file). */
export function refuseForeign(config: Config): RequestHandler {
  return (request, response, next) => {
    if (safeMethods.includes(request.method)) return next();
    if (isForeign(config.publicUrl, request.headers.host, request.headers.origin, request.get('sec-fetch-site')))
      return sendRefusal(response, refuse(403, 'foreignOrigin', 'This request came from a page of another site.'));
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody && !request.is(['application/json', 'multipart/form-data']))
      return sendRefusal(response, refuse(415, 'needsJson', 'Send application/json (or multipart/form-data for a file).'));
    next();
  };
}
