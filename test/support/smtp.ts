import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface TestSmtp {
  /** smtp://[user:password@]127.0.0.1:port */
  readonly url: string;
  /** What it has taken, as it came, with `\n`. */
  readonly letters: string[];
  /** No letter is taken for the moment. */
  refuses: boolean;
  /** So many letters were not taken. */
  refused: number;
  stop(): Promise<void>;
}

/** A real SMTP server without TLS; with a login, letters are taken from nobody else. */
export async function startTestSmtp(login?: { readonly user: string; readonly password: string }): Promise<TestSmtp> {
  const letters: string[] = [];
  const server = new SMTPServer({
    disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: login === undefined,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password ? done(null, { user: username }) : done(new Error('wrong name or password')),
    onMailFrom: (_address, _session, done) => {
      if (smtp.refuses) smtp.refused += 1;
      done(smtp.refuses ? Object.assign(new Error('not today'), { responseCode: 451 }) : null);
    },
    onData: (stream, _session, done) => void text(stream).then((letter) => { letters.push(letter.replaceAll('\r\n', '\n')); done(); }, done),
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject) && server.listen(0, '127.0.0.1', resolve));
  const at = `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const smtp: TestSmtp = {
    url: `smtp://${login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : ''}${at}`,
    letters, refuses: false, refused: 0,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
  return smtp;
}
