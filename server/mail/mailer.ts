import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Config } from '../../platform/config.ts';
import type { Logger } from '../../platform/log.ts';

export interface Letter { readonly to: string; readonly subject: string; readonly text: string }

export interface Mailer {
  /** `folder`: a stand-in; letters are files in DATA_DIR/mail and reach nobody. */
  readonly delivery: 'mail' | 'folder';
  /** Begins to send and returns at once: whoever asks learns nothing from the time it takes. Failures are logged. */
  post(letter: () => Promise<Letter | undefined>): void;
  /** Sends and waits; rejects when the letter was not taken. */
  deliver(letter: Letter): Promise<void>;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
}

/** Letters by SMTP_URL; where it is not set, into a folder. */
export function openMailer({ smtpUrl, mailFrom, dataDir }: Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataDir'>, log: Logger): Mailer {
  const send = smtpUrl === undefined ? toFolder(join(dataDir, 'mail'), mailFrom, log) : bySmtp(smtpUrl, mailFrom);
  const running = new Set<Promise<void>>();
  return {
    delivery: smtpUrl === undefined ? 'folder' : 'mail',
    post(letter) {
      const sending: Promise<void> = letter()
        .then((written) => written && send(written))
        .catch((error: Error) => log.error({ error: error.message }, 'letter not sent'))
        .finally(() => running.delete(sending));
      running.add(sending);
    },
    deliver: send,
    async idle() {
      await Promise.all(running);
    },
  };
}

function bySmtp(url: string, from: string): (letter: Letter) => Promise<void> {
  const transport = createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, disableFileAccess: true, disableUrlAccess: true });
  return async (letter) => {
    await transport.sendMail({ from, ...letter });
  };
}

/** Letters hold links that open an account: readable by the owner of the installation alone, and never in a log. */
function toFolder(folder: string, from: string, log: Logger): (letter: Letter) => Promise<void> {
  const transport = createTransport({ streamTransport: true, buffer: true, disableFileAccess: true, disableUrlAccess: true });
  return async (letter) => {
    const { message } = await transport.sendMail({ from, ...letter });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomBytes(3).toString('hex')}.eml`);
    await writeFile(file, message as Buffer, { mode: 0o600, flag: 'wx' });
    log.warn({ file }, 'stand-in for e-mail: SMTP_URL is not set, the letter is a file and reaches nobody');
  };
}
