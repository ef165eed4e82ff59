import { createHash } from 'node:crypto';

/** SIP realm, domain and the one extension of the operators' context: as freeswitch-conf has them. */
export const sipDomain = 'exchange';
export const sipTarget = 'sip:exchange@exchange';

/** HA1 of RFC 7616 with MD5, the only algorithm that SIP digests have here. It protects minutes-old, one-use passwords of 192 bits. */
export function a1Hash(username: string, password: string): string {
  return createHash('md5').update(`${username}:${sipDomain}:${password}`).digest('hex');
}
