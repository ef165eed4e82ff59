import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const found = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
export const noSipp: string | undefined = found('sipp') ? undefined : 'skipped: no sipp';
export const noBaresip: string | undefined = found('baresip') ? undefined : 'skipped: no baresip';

export interface Attack {
  readonly method: string;
  /** User parts of the request's address, one a call. */
  readonly targets: readonly string[];
  /** What the switch has to answer, in the end. */
  readonly expected: number;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly headers?: readonly string[];
  readonly perSecond?: number;
}

export interface Scan { readonly asExpected: boolean; readonly said: string }

const sdp = ['v=0', 'o=- 1 1 IN IP4 [media_ip]', 's=-', 'c=IN IP4 [media_ip]', 't=0 0', 'm=audio [media_port] RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'].join('\n');

function send(attack: Attack, cseq: number, authenticated: boolean): string {
  const { method, headers = [], credentials } = attack;
  const body = method === 'INVITE' ? `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp}` : method === 'MESSAGE' ? 'Content-Type: text/plain\nContent-Length: [len]\n\nhello' : 'Content-Length: 0';
  return `<send retrans="500"><![CDATA[\n${[
    `${method} sip:[field0]@exchange SIP/2.0`, 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]', 'Max-Forwards: 70',
    `From: <sip:${credentials?.username ?? '100'}@exchange>;tag=[pid]S[call_number]`, 'To: <sip:[field0]@exchange>', 'Call-ID: [call_id]', `CSeq: ${cseq} ${method}`,
    'Contact: <sip:scanner@[local_ip]:[local_port]>', ...(authenticated ? [`[authentication username=${credentials?.username} password=${credentials?.password}]`] : []), ...headers, body,
  ].join('\n')}\n\n]]></send>`;
}
const ack = (cseq: number) => `<send><![CDATA[\n${[
  'ACK sip:[field0]@exchange SIP/2.0', '[last_Via:]', '[last_From:]', '[last_To:]', 'Call-ID: [call_id]', `CSeq: ${cseq} ACK`, 'Content-Length: 0',
].join('\n')}\n\n]]></send>`;

function scenario(attack: Attack): string {
  const { method, expected, credentials } = attack;
  const acked = (cseq: number) => (method === 'INVITE' ? ack(cseq) : '');
  const last = (cseq: number) => `<recv response="100" optional="true"/><recv response="${expected}"/>${acked(cseq)}`;
  const parts = credentials === undefined
    ? [send(attack, 1, false), last(1)]
    : [send(attack, 1, false), '<recv response="100" optional="true"/>', '<recv response="407" auth="true"/>', acked(1), send(attack, 2, true), last(2)];
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="attack">${parts.join('\n')}</scenario>`;
}

/** Runs sipp against a port of this machine; every call must end with just the answer that is expected. */
export async function scan(port: number, attack: Attack): Promise<Scan> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sipp-'));
  try {
    await writeFile(path.join(folder, 'attack.xml'), scenario(attack));
    await writeFile(path.join(folder, 'targets.csv'), `SEQUENTIAL\n${attack.targets.map((target) => `${target};`).join('\n')}\n`);
    const args = ['-sf', 'attack.xml', '-inf', 'targets.csv', '-i', '127.0.0.1', '-m', String(attack.targets.length), '-r', String(attack.perSecond ?? 40), '-l', '200', '-nostdin', '-timeout', '25s', '-timeout_error', '-recv_timeout', '8000', '-trace_err', '-error_file', 'errors.log', `127.0.0.1:${port}`];
    const child = spawn('sipp', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TERM: 'dumb' } });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const errors = await readFile(path.join(folder, 'errors.log'), 'utf8').catch(() => '');
    return { asExpected: code === 0, said: `${code}: ${said}${errors}`.slice(0, 2_000) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
