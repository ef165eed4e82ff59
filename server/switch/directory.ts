import { createHash, timingSafeEqual } from 'node:crypto';
import express, { Router, type Request } from 'express';
import { findLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import type { House } from '../house.ts';
import { sipDomain } from '../sip-domain.ts';
import { notFoundXml, userXml } from './directory-xml.ts';

const usernameShape = /^(?:op-[0-9]{1,19}|mg)-[A-Za-z0-9_-]{10,40}$/;

/**
 * What mod_xml_curl asks: who may call in. It answers for a page's fresh user until the leg is up, and for nobody else.
 * Whoever is not the switch finds nothing here, not even a question for a password.
 */
export function directory({ db, config, log }: Pick<House, 'db' | 'config' | 'log'>): Router {
  const router = Router();
  router.post('/switch/directory', (request, response, next) => {
    if (isSwitch(request.headers.authorization, config.switch.directorySecret)) return next();
    log.warn({ from: request.socket.remoteAddress }, 'somebody who is not the switch asked the directory');
    response.sendStatus(404);
  }, express.urlencoded({ extended: false, limit: '64kb' }), async (request, response) => {
    const username = readUsername(request);
    const found = username === undefined ? undefined : await findLegCredentials(db, { username, switchId: config.switch.id });
    if (username !== undefined) log.info({ username, found: found !== undefined }, 'directory');
    response.type('text/xml').set('Cache-Control', 'no-store');
    response.send(username !== undefined && found ? userXml({ domain: sipDomain, username, a1Hash: found.a1Hash }) : notFoundXml);
  });
  return router;
}

function isSwitch(authorization: string | undefined, secret: string): boolean {
  const given = Buffer.from(/^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64');
  const digest = (value: string | Buffer) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(`switch:${secret}`));
}

/** The user of a SIP digest that is being checked; undefined for every other question of the switch. */
function readUsername(request: Request): string | undefined {
  const form = { ...request.query, ...(request.body as Record<string, unknown> | undefined) };
  const { section, action, user, domain, sip_auth_username: digestUser } = form;
  if (section !== 'directory' || action !== 'sip_auth' || domain !== sipDomain) return undefined;
  // Who it says it is and whose password it proves must be one.
  if (typeof user !== 'string' || !usernameShape.test(user)) return undefined;
  return digestUser === undefined || digestUser === user ? user : undefined;
}
