import { z } from 'zod';
import { promisify } from 'node:util';
import type { Request } from 'express';
import type { SessionUser } from '../../../domain/api.ts';
import { findUserByEmail, type User } from '../../../platform/postgres/users.ts';
import type { House } from '../../house.ts';
import { answer, refuse } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { isPassword } from './password.ts';

const body = z.object({
  email: z.string('give your e-mail address').trim().toLowerCase().min(3, 'give your e-mail address').max(254, 'at most 254 characters'),
  password: z.string('give your password').min(1, 'give your password').max(1_024, 'at most 1,024 characters'),
});

export const toSessionUser = ({ id, name, email, role }: User): SessionUser => ({ id, name, email, role });

export const signIn = route({
  method: 'post',
  path: '/sessions',
  roles: 'anyone',
  summary: 'Sign in',
  body,
  answers: { 201: '{user: SessionUser}, and the session cookie' },
  async handle({ house, body: { email, password }, request }) {
    const keys = limitKeys(email, request.ip ?? '');
    // Counted before the password is looked at: guesses that come all at once are counted, too.
    const waitMs = await takeTry(house, keys);
    if (waitMs > 0) {
      const retryAfter = Math.ceil(waitMs / 1_000);
      return refuse(429, 'tooManyAttempts', `Too many failed attempts: try again in ${Math.ceil(retryAfter / 60)} min.`, { retryAfter });
    }
    const found = await findUserByEmail(house.db, email);
    const right = await isPassword(found?.passwordHash, password);
    if (!found || !right) return refuse(401, 'wrongCredentials', 'The e-mail or the password is wrong.');
    await giveBackTry(house, keys);
    await newSession(request, found.user);
    return answer({ user: toSessionUser(found.user) }, 201);
  },
});

interface LimitKeys { readonly account: string; readonly address: string; readonly pair: string }
const limitKeys = (email: string, address: string): LimitKeys => ({ account: email.slice(0, 100), address, pair: `${email.slice(0, 100)} ${address}` });

async function takeTry({ signInLimits: { account, address, pair } }: House, keys: LimitKeys): Promise<number> {
  return Math.max(...(await Promise.all([account.take(keys.account), address.take(keys.address), pair.take(keys.pair)])));
}

async function giveBackTry({ signInLimits: { account, address, pair } }: House, keys: LimitKeys): Promise<void> {
  await Promise.all([account.giveBack(keys.account), address.giveBack(keys.address), pair.forget(keys.pair)]);
}

/** A new id at each sign-in, so that one planted beforehand is worth nothing. */
async function newSession(request: Request, user: User): Promise<void> {
  await promisify(request.session.regenerate.bind(request.session))();
  request.session.userId = user.id;
  request.session.signedInAt = new Date().toISOString();
  await promisify(request.session.save.bind(request.session))();
}
