/** The directory that a switch asks who may call in: HTTP POST with basic credentials, FreeSWITCH's XML in return. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Directory {
  readonly url: string;
  /** What was asked, as form fields. */
  readonly asked: URLSearchParams[];
  /** Requests that came without the right credentials. */
  readonly refusals: () => number;
  admit(user: string, password: string): void;
  expire(user: string): void;
  close(): Promise<void>;
}

const NOT_FOUND = '<document type="freeswitch/xml"><section name="result"><result status="not found"/></section></document>';
const userXml = (domain: string, user: string, hash: string): string =>
  `<document type="freeswitch/xml"><section name="directory"><domain name="${domain}"><user id="${user}"><params><param name="a1-hash" value="${hash}"/></params></user></domain></section></document>`;

export async function startDirectory(secret: string): Promise<Directory> {
  const users = new Map<string, string>();
  const asked: URLSearchParams[] = [];
  let refused = 0;
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => {
      if (request.headers.authorization !== `Basic ${Buffer.from(`switch:${secret}`).toString('base64')}`) {
        refused += 1;
        response.writeHead(401).end();
        return;
      }
      const form = new URLSearchParams(body);
      asked.push(form);
      const user = form.get('user') ?? '';
      const password = users.get(user);
      response.setHeader('content-type', 'text/xml');
      // RFC 2617 A1; the realm is the operators' profile's challenge-realm.
      response.end(password === undefined ? NOT_FOUND : userXml(form.get('domain') ?? '', user, createHash('md5').update(`${user}:exchange:${password}`).digest('hex')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/directory`,
    asked, refusals: () => refused,
    admit: (user, password) => users.set(user, password),
    expire: (user) => users.delete(user),
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
