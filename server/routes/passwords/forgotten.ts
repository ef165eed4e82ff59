import { z } from 'zod';
import { recordAudit } from '../../../platform/postgres/audit.ts';
import { storePasswordReset } from '../../../platform/postgres/passwords.ts';
import { findUserByEmail } from '../../../platform/postgres/users.ts';
import { letterLanguage } from '../../accounts/notices.ts';
import { addressOf, networkOf } from '../../http/address.ts';
import { answer } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { resetLetter } from '../../mail/letters.ts';
import { hashOfToken, newToken } from '../../manager-links.ts';
import { emailField, tooManyAttempts } from '../sessions/sign-in.ts';

const linkMinutes = 30;

export const passwordForgotten = route({
  method: 'post',
  path: '/passwords/forgotten',
  roles: 'anyone',
  summary: 'A letter with a link for a new password. The answer is the same, and as quick, whether there is such an account or not',
  body: z.object({ email: emailField, language: z.enum(['ru', 'en']).optional() }),
  answers: { 202: '{delivery: "mail" | "folder"}: a folder of the server is the stand-in where SMTP_URL is not set' },
  async handle({ house, body: { email, language }, request }) {
    const { db, mailer, accountLimits, config } = house;
    const address = addressOf(request);
    const waitMs = await accountLimits.resets.take(networkOf(request));
    if (waitMs > 0) return tooManyAttempts(waitMs);
    const asked = language ?? letterLanguage(request);
    // Everything that depends on the account happens after the answer.
    mailer.post(async () => {
      const found = await findUserByEmail(db, email);
      if (!found || (await accountLimits.letters.take(found.user.id)) > 0) return undefined;
      const token = newToken();
      await storePasswordReset(db, { tokenHash: hashOfToken(token), userId: found.user.id, liveMs: linkMinutes * 60_000 });
      await recordAudit(db, { userId: null, role: null, address, action: 'passwordResetAsked', subject: 'user', subjectId: found.user.id, customerId: found.user.customerId });
      return { to: found.user.email, ...resetLetter(asked, { name: found.user.name, url: `${config.publicUrl}/new-password#${token}`, minutes: linkMinutes }) };
    });
    return answer({ delivery: mailer.delivery }, 202);
  },
});
