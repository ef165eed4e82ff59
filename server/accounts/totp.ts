import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { SecretKey } from '../../platform/secret-key.ts';

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, thirty seconds; a code of the step before or after is right, too. */
const settings = { issuer: 'Exchange', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const secretBytes = 20;
const totpOf = (secret: string, label: string) => new TOTP({ ...settings, label, secret: Secret.fromBase32(secret) });

export const newTotpSecret = (): string => new Secret({ size: secretBytes }).base32;

/** What the QR code says. */
export const totpUri = (secret: string, email: string): string => totpOf(secret, email).toString();

/** The time step of a right code; undefined for a wrong one. */
export function stepOfCode(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret, '').validate({ token: code, timestamp: nowMs, window: 1 });
  return delta === null ? undefined : Math.floor(nowMs / 1_000 / settings.period) + delta;
}

/** The account's secret, sealed for the database: it opens for this account alone. */
export const sealTotp = (key: SecretKey, userId: string, secret: string): string => key.seal('totp', userId, secret);
export const openTotp = (key: SecretKey, userId: string, sealed: string): string => key.open('totp', userId, sealed);

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const recoveryCodes = 10;

/** Ten codes of 80 random bits for a lost telephone, as `ABCD-EFGH-JKLM-NPQR`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodes }, () => {
    const letters = [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
    return letters.replace(/(.{4})(?!$)/g, '$1-');
  });
}

/** What is kept of one; typed with spaces, in small letters or without hyphens it is the same. */
export function hashRecoveryCode(key: SecretKey, userId: string, code: string): string | undefined {
  const bare = code.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z0-9]{16}$/.test(bare) ? key.digest('recovery code', `${userId} ${bare}`) : undefined;
}
