/**
 * Who may call in: digest authentication (RFC 7616 with MD5, RFC 2617's qop=auth) against the a1-hash that the exchange's
 * directory gives, asked the way mod_xml_curl asks it. A user without a hash is nobody.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';

export const REALM = 'exchange';
/** As freeswitch-conf/sip/operators.xml: nonce-ttl. */
const NONCE_TTL_MS = 60_000;
/** As freeswitch-conf/modules/xml-curl.xml. */
const DIRECTORY_DEADLINE_MS = 3_000;
const MAX_NONCES = 10_000;

export type Verdict =
  | { readonly kind: 'admitted'; readonly user: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'challenge'; readonly header: string };

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const same = (one: string, two: string): boolean => one.length === two.length && timingSafeEqual(Buffer.from(one), Buffer.from(two));
const unescapeXml = (text: string): string =>
  text.replace(/&(?:#(\d+)|(amp|lt|gt|quot|apos));/g, (_, code: string | undefined, name: string) => (code === undefined ? { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? '' : String.fromCodePoint(Number(code))));

export class Gate {
  readonly #directoryUrl: string;
  readonly #authorization: string;
  /** Nonces given out: when each ends and the highest count seen with it, so that nothing is played back. */
  readonly #nonces = new Map<string, { readonly endsAt: number; count: number }>();

  constructor(directoryUrl: string, secret: string) {
    this.#directoryUrl = directoryUrl;
    this.#authorization = `Basic ${Buffer.from(`switch:${secret}`).toString('base64')}`;
  }

  async check(method: string, authorization: string | undefined): Promise<Verdict> {
    if (authorization === undefined) return this.#challenge(false);
    const given = new Map([...authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,"]+))/g)].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? '']));
    const [user, nonce, uri, nc, cnonce, response] = ['username', 'nonce', 'uri', 'nc', 'cnonce', 'response'].map((name) => given.get(name) ?? '') as [string, string, string, string, string, string];
    const known = this.#nonces.get(nonce);
    if (known === undefined || known.endsAt < Date.now()) return this.#challenge(true);
    const count = Number.parseInt(nc, 16);
    if (given.get('qop') !== 'auth' || given.get('realm') !== REALM || !(count > known.count)) return { kind: 'refused', why: 'not the digest that was asked for' };
    known.count = count;
    const a1Hash = await this.#a1Hash(user, { sip_auth_qop: 'auth', sip_auth_nc: nc, sip_auth_cnonce: cnonce });
    if (a1Hash === undefined) return { kind: 'refused', why: 'the directory does not know this user' };
    const expected = md5(`${a1Hash}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
    return same(expected, response.toLowerCase()) ? { kind: 'admitted', user } : { kind: 'refused', why: 'wrong password' };
  }

  #challenge(stale: boolean): Verdict {
    const now = Date.now();
    for (const [nonce, { endsAt }] of this.#nonces) if (endsAt < now || this.#nonces.size >= MAX_NONCES) this.#nonces.delete(nonce);
    const nonce = randomUUID();
    this.#nonces.set(nonce, { endsAt: now + NONCE_TTL_MS, count: 0 });
    return { kind: 'challenge', header: `Proxy-Authenticate: Digest realm="${REALM}", nonce="${nonce}",${stale ? ' stale=true,' : ''} algorithm=MD5, qop="auth"` };
  }

  async #a1Hash(user: string, digest: Record<string, string>): Promise<string | undefined> {
    const body = new URLSearchParams({
      section: 'directory', tag_name: 'domain', key_name: 'name', key_value: REALM, domain: REALM, user, action: 'sip_auth',
      sip_auth_username: user, sip_auth_realm: REALM, sip_profile: 'operators', ...digest,
    });
    try {
      const answer = await fetch(this.#directoryUrl, { method: 'POST', body, headers: { authorization: this.#authorization }, signal: AbortSignal.timeout(DIRECTORY_DEADLINE_MS) });
      if (!answer.ok) return undefined;
      const [, id = '', rest = ''] = /<user id="([^"]*)"[^>]*>([\s\S]*)<\/user>/.exec(await answer.text()) ?? [];
      return unescapeXml(id) === user ? /<param name="a1-hash" value="([0-9a-f]{32})"\s*\/>/.exec(rest)?.[1] : undefined;
    } catch {
      return undefined;
    }
  }
}
