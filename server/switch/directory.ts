import express, { Router, type Request } from 'express';
import { findDeviceCredentials } from '../../platform/postgres/operator-devices.ts';
import { findLegCredentials } from '../../platform/postgres/leg-credentials.ts';
import { findSwitchByDirectoryHash } from '../../platform/postgres/switches.ts';
import { directoryHash } from '../../platform/switch-description.ts';
import type { House } from '../house.ts';
import { sipDomain } from '../sip-domain.ts';
import { notFoundXml, userXml } from './directory-xml.ts';

const usernameShape = /^(?:(?:op|dev)-[0-9]{1,19}|mg)-[A-Za-z0-9_-]{10,40}$/;
/** Each digest counts (RFC 2617: qop, nc, cnonce), so that the switch takes it once: without, one that was overheard lets in again while its nonce lives. */
const counts = ({ sip_auth_qop: qop, sip_auth_nc: count, sip_auth_cnonce: cnonce }: Readonly<Record<string, unknown>>): boolean =>
  qop === 'auth' && typeof count === 'string' && /^[0-9a-f]{8}$/i.test(count) && typeof cnonce === 'string' && cnonce !== '';
const isDevice = (username: string): boolean => username.startsWith('dev-');

/**
 * What mod_xml_curl asks: who may call in. It answers for a page's fresh user until the leg is up, and for nobody else.
 * Whoever is not a switch of the house finds nothing here, not even a question for a password.
 */
export function directory({ db, log }: Pick<House, 'db' | 'log'>): Router {
  const router = Router();
  router.post('/switch/directory', async (request, response, next) => {
    const asking = await switchOf(db, request.headers.authorization);
    if (asking) {
      response.locals['switchId'] = asking.switchId;
      return next();
    }
    log.warn({ from: request.socket.remoteAddress }, 'somebody who is not a switch asked the directory');
    response.sendStatus(404);
  }, express.urlencoded({ extended: false, limit: '64kb' }), async (request, response) => {
    const switchId = String(response.locals['switchId']);
    const username = readUsername(request);
    const found = username === undefined ? undefined : isDevice(username) ? await findDeviceCredentials(db, { username }) : await findLegCredentials(db, { username, switchId });
    if (username !== undefined) log.info({ switchId, username, found: found !== undefined }, 'directory');
    response.type('text/xml').set('Cache-Control', 'no-store');
    response.send(username !== undefined && found ? userXml({ domain: sipDomain, username, a1Hash: found.a1Hash, fromWhereItIs: isDevice(username) }) : notFoundXml);
  });
  return router;
}

/** Which switch of the house proves itself; a credential of one is good at that one alone. */
async function switchOf(db: House['db'], authorization: string | undefined): Promise<{ switchId: string } | undefined> {
  const given = Buffer.from(/^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString();
  return given.startsWith('switch:') ? findSwitchByDirectoryHash(db, { directoryHash: directoryHash(given.slice('switch:'.length)) }) : undefined;
}

/** The user of a SIP digest that is being checked; undefined for every other question of the switch. */
function readUsername(request: Request): string | undefined {
  const form = { ...request.query, ...(request.body as Record<string, unknown> | undefined) };
  const { section, action, user, domain, sip_auth_username: digestUser, sip_profile: profile } = form;
  if (section !== 'directory' || action !== 'sip_auth' || domain !== sipDomain) return undefined;
  if (!counts(form)) return undefined;
  // Who it says it is and whose password it proves must be one.
  if (typeof user !== 'string' || !usernameShape.test(user)) return undefined;
  // A SIP phone's credential registers it and does nothing else; a page's calls in and does not register.
  if (isDevice(user) !== (profile === 'devices')) return undefined;
  return digestUser === undefined || digestUser === user ? user : undefined;
}
