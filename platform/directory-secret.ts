import { hkdfSync } from 'node:crypto';

/**
 * What a switch proves itself with towards the directory where DIRECTORY_SECRET names nothing else: derived from the Event
 * Socket's password (HKDF-SHA256, RFC 5869), so that whoever sees the directory's requests cannot command the switch.
 */
export function derivedDirectorySecret(eventSocketPassword: string): string {
  return Buffer.from(hkdfSync('sha256', eventSocketPassword, '', 'exchange: directory', 32)).toString('base64url');
}
