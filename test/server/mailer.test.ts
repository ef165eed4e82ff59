import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { openMailer } from '../../server/mail/mailer.ts';
import { startTestSmtp, type TestSmtp } from '../support/smtp.ts';

const letter = { to: 'Анна <anna@example.org>', subject: 'Новый пароль', text: 'Откройте https://example.org/new-password#1 — ссылка живёт полчаса.' };
const mailer = (smtpUrl: string) => openMailer({ smtpUrl, mailFrom: 'Exchange <exchange@example.org>', dataDir: '/nowhere' }, createLog('test', 'silent'));

let smtp: TestSmtp;
beforeAll(async () => { smtp = await startTestSmtp({ user: 'exchange@example.org', password: 'p@ss:word/1' }); });
afterAll(() => smtp.stop());

test('a letter goes out by SMTP with the login of the address, in any alphabet', async () => {
  const post = mailer(smtp.url);
  expect(post.delivery).toBe('mail');
  await post.deliver(letter);
  const [head = '', body = ''] = smtp.letters[0]!.split('\n\n');
  expect(head).toContain('From: Exchange <exchange@example.org>');
  expect(head).toMatch(/To: =\?UTF-8\?[BQ]\?.*<anna@example\.org>/);
  expect(Buffer.from(body, /base64/i.test(head) ? 'base64' : 'utf8').toString()).toContain(letter.text.slice(0, 20));
});

test('a wrong login and a server that takes nothing are told to whoever waits, and never throw at whoever does not', async () => {
  await expect(mailer(smtp.url.replace('1@', '2@')).deliver(letter)).rejects.toThrow(/wrong name or password/);
  smtp.refuses = true;
  const post = mailer(smtp.url);
  await expect(post.deliver(letter)).rejects.toThrow(/not today/);
  post.post(() => Promise.resolve(letter));
  await post.idle();
  expect(smtp.letters).toHaveLength(1);
});
