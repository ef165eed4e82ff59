import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host of an address (`[::1]` with or without its brackets) is this machine and nothing else. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIPv4(name)) return loopback.check(name, 'ipv4');
  return isIPv6(name) ? loopback.check(name, 'ipv6') : name === 'localhost';
}

/** How a tunnel is named where an address leads off this machine: what an administrator calls it. */
export const tunnelName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
