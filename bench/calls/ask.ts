/** HTTP as a page sends it, over connections that stay open, and as cheap as Node makes it: the bench's own work is not what is measured. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });
const patienceMs = 10_000;

export interface Reply { readonly status: number; readonly cookie: string; readonly body: never }

/** Sends one request. @param cookie as a former answer gave it, or '' */
export function ask(url: string, method: string, cookie: string, body?: unknown): Promise<Reply> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent, timeout: patienceMs, headers: { cookie, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) } }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk)).on('error', reject).on('end', () =>
        resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? '', body: (answer === '' ? undefined : JSON.parse(answer)) as never }));
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer in ${patienceMs} ms: ${method} ${url}`)));
    asked.once('error', reject);
    asked.end(text);
  });
}
