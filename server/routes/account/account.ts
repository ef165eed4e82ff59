import { promisify } from 'node:util';
import { z } from 'zod';
import type { Account } from '../../../domain/api.ts';
import { countRecoveryCodes, readTotp } from '../../../platform/postgres/second-factors.ts';
import { endUserSession, endUserSessions, listUserSessions } from '../../../platform/postgres/user-sessions.ts';
import { audit } from '../../accounts/logins.ts';
import { needsSecondFactor } from '../../accounts/second-step.ts';
import { answer, noContent, notFound } from '../../http/answer.ts';
import { everyRole, route } from '../../http/route.ts';
import { toSessionUser } from '../sessions/sign-in.ts';

export const readAccount = route({
  method: 'get',
  path: '/account',
  roles: everyRole,
  summary: 'The own account: second factor and open sessions',
  answers: { 200: 'Account' },
  async handle({ house: { db }, user, request }) {
    const [totp, left, sessions] = await Promise.all([readTotp(db, { userId: user.id }), countRecoveryCodes(db, { userId: user.id }), listUserSessions(db, { userId: user.id })]);
    return answer({
      user: toSessionUser(user),
      secondFactor: { since: totp?.confirmedAt?.toISOString() ?? null, recoveryCodesLeft: left, obligatory: needsSecondFactor(user) },
      sessions: sessions.map(({ id, address, userAgent, createdAt, seenAt }) => ({
        id, address, userAgent, signedInAt: createdAt.toISOString(), seenAt: seenAt.toISOString(), current: id === request.session.loginId,
      })),
    } satisfies Account);
  },
});

export const endSession = route({
  method: 'delete',
  path: '/account/sessions/{id}',
  roles: everyRole,
  summary: 'End one session of the own account; its pages lose their socket at once',
  params: z.object({ id: z.uuid() }),
  answers: { 204: 'ended' },
  async handle({ house, params: { id }, user, request }) {
    const ended = await house.db.transaction(async (tx) => {
      const done = await endUserSession(tx, { userId: user.id, sessionId: id });
      if (done) await audit(tx, request, user, { action: 'sessionEnded', subject: 'session', subjectId: id });
      return done;
    });
    if (!ended) return notFound('The session');
    house.accountChanged(user.id);
    return noContent();
  },
});

export const endEverySession = route({
  method: 'delete',
  path: '/account/sessions',
  roles: everyRole,
  summary: 'Sign out everywhere, here too',
  answers: { 204: 'every session of the account has ended' },
  async handle({ house, user, request }) {
    await house.db.transaction(async (tx) => {
      const sessions = await endUserSessions(tx, { userId: user.id, except: null });
      await audit(tx, request, user, { action: 'everySessionEnded', subject: 'user', subjectId: user.id, details: { sessions } });
    });
    await promisify(request.session.destroy.bind(request.session))();
    house.accountChanged(user.id);
    return noContent();
  },
});
