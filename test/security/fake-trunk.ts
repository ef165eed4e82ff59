import { createSocket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface FakeTrunk {
  readonly gateway: string;
  /** EXCHANGE_TRUNKS_DIR. */
  readonly trunksDir: string;
  /** The first lines of every request that reached the provider. */
  readonly seen: string[];
  /** The whole INVITEs. */
  readonly invites: string[];
  stop(): Promise<void>;
}

/** A provider of telephony that counts whatever reaches it and answers 503. */
export async function startFakeTrunk(gateway = 'counted'): Promise<FakeTrunk> {
  const seen: string[] = [];
  const invites: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const text = message.toString();
    const [first = ''] = text.split('\r\n');
    if (first.startsWith('SIP/2.0')) return;
    seen.push(first);
    if (first.startsWith('INVITE')) invites.push(text);
    if (first.startsWith('ACK')) return;
    const copied = text.split('\r\n').filter((line) => /^(?:via|from|to|call-id|cseq):/i.test(line)).map((line) => (/^to:/i.test(line) ? `${line};tag=provider` : line));
    socket.send(['SIP/2.0 503 Service Unavailable', ...copied, 'Content-Length: 0', '', ''].join('\r\n'), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const trunksDir = await mkdtemp(path.join(tmpdir(), 'fake-trunk-'));
  const address = `127.0.0.1:${socket.address().port}`;
  // FreeSWITCH leaves out whole lines that say include.
  await writeFile(path.join(trunksDir, `${gateway}.xml`), `<include>\n<gateway name="${gateway}"><param name="proxy" value="${address}"/><param name="realm" value="127.0.0.1"/>
    <param name="username" value="house"/><param name="password" value="of-the-provider"/><param name="register" value="false"/><param name="caller-id-in-from" value="true"/></gateway>\n</include>\n`);
  return {
    gateway, trunksDir, seen, invites,
    async stop() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      await rm(trunksDir, { recursive: true, force: true });
    },
  };
}
