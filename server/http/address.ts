import { isIPv6 } from 'node:net';
import type { Request } from 'express';

/** The address that asks, as people write it. Undefined once the connection is gone. */
export const addressOf = (request: Pick<Request, 'ip'>): string => (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '');

/** Whom limits count as one: an address, of IPv6 the network of 64 bits that one household is given. */
export function networkOf(request: Pick<Request, 'ip'>): string {
  const address = addressOf(request).replace(/%.*$/, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
