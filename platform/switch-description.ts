import { createHash } from 'node:crypto';
import type { SwitchConfig } from './config.ts';
import type { SwitchDescription } from './postgres/switches.ts';

/** What is kept of the secret with which a switch asks the directory: SHA-256, hex. The secrets themselves are long and random. */
export const directoryHash = (secret: string): string => createHash('sha256').update(`switch:${secret}`).digest('hex');

/** What everybody in the house must know of the switch that FREESWITCH_URL names. */
export const descriptionOf = ({ id, wsUrl, gateway, directorySecret }: SwitchConfig): SwitchDescription => ({
  switchId: id, wsUrl, practice: gateway === undefined, directoryHash: directoryHash(directorySecret),
});
