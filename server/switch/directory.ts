import { createHash, timingSafeEqual } from 'node:crypto';
import express, { Router, type Request } from 'express';
import { findLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import type { House } from '../house.ts';
import { refuse } from '../http/answer.ts';
import { sendRefusal } from '../http/mount.ts';
import { sipDomain } from '../sip-domain.ts';
import { notFoundXml, userXml } from './directory-xml.ts';

const usernameShape = /^(?:op-[0-9]{1,19}|mg)-[A-Za-z0-9_-]{10,40}$/;

/** What mod_xml_curl asks: who may call in. It answers for a page's fresh user until the leg is up, and for nobody else. */
export function directory({ db, config, log }: Pick<House, 'db' | 'config' | 'log'>): Router {
  const router = Router();
  router.all('/', express.urlencoded({ extended: false, limit: '64kb' }), async (request, response) => {
    request.routePath = '/switch/directory';
    if (!isSwitch(request.headers.authorization, config.switch.password)) {
      response.set('WWW-Authenticate', 'Basic realm="switch"');
      return sendRefusal(response, refuse(401, 'notTheSwitch', 'Only the switch may ask here.'));
    }
    const username = readUsername(request);
    const found = username === undefined ? undefined : await findLegCredentials(db, { username, switchId: config.switch.id });
    if (username !== undefined) log.info({ username, found: found !== undefined }, 'directory');
    response.type('text/xml').set('Cache-Control', 'no-store');
    response.send(username !== undefined && found ? userXml({ domain: sipDomain, username, a1Hash: found.a1Hash }) : notFoundXml);
  });
  return router;
}

function isSwitch(authorization: string | undefined, password: string): boolean {
  const given = Buffer.from(/^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64');
  const digest = (value: string | Buffer) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(`switch:${password}`));
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
