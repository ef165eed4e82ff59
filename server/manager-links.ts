import { createHash, randomBytes } from 'node:crypto';

/** 256 bits, for the fragment of a link: servers on the way and their logs never see it. */
export const newToken = (): string => randomBytes(32).toString('base64url');
export const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** What is kept of a token. It is random, so that a plain hash hides it as well as a slow one. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');
