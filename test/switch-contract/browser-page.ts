/** Real Chromium with a page that calls in by SIP.js, as an operator's page does: a WebSocket, a digest, no REGISTER. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const SIP_JS = fileURLToPath(new URL('../../node_modules/sip.js/lib/', import.meta.url));
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

const PAGE = `<!doctype html><meta charset="utf-8"><title>page</title><audio id="heard" autoplay></audio><script type="module">
import { UserAgent, Inviter, SessionState } from '/sip/index.js';
let session, agent;
window.callIn = async ({ wsUrl, user, password, target }) => {
  agent = new UserAgent({
    uri: UserAgent.makeURI('sip:' + user + '@exchange'), transportOptions: { server: wsUrl }, authorizationUsername: user, authorizationPassword: password,
    logBuiltinEnabled: false, sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 500 },
  });
  await agent.start();
  session = new Inviter(agent, UserAgent.makeURI('sip:' + target + '@exchange'), { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
  return await new Promise((resolve, reject) => {
    session.stateChange.addListener((state) => {
      if (state !== SessionState.Established) return;
      const receiver = session.sessionDescriptionHandler.peerConnection.getReceivers()[0];
      document.getElementById('heard').srcObject = new MediaStream([receiver.track]);
      resolve('established');
    });
    session.invite({ requestDelegate: { onReject: (response) => resolve('refused ' + response.message.statusCode) } }).catch(reject);
  });
};
window.media = async () => {
  const figures = { sent: 0, received: 0, energy: 0, codec: '' };
  const stats = await session.sessionDescriptionHandler.peerConnection.getStats();
  for (const s of stats.values()) {
    if (s.type === 'outbound-rtp') figures.sent = s.packetsSent;
    if (s.type === 'inbound-rtp') { figures.received = s.packetsReceived; figures.energy = s.totalAudioEnergy; figures.codec = stats.get(s.codecId)?.mimeType ?? ''; }
  }
  return figures;
};
window.leave = async (reason) => { await session?.bye?.(reason ? { requestOptions: { extraHeaders: ['Reason: ' + reason] } } : {}).catch(() => undefined); await agent?.stop(); };
window.ready = true;
</script>`;

export interface Media { readonly sent: number; readonly received: number; readonly energy: number; readonly codec: string }

export interface CallingPage {
  /** `established`, or `refused` and the SIP status. */
  callIn(order: { wsUrl: string; user: string; password: string; target: string }): Promise<string>;
  media(): Promise<Media>;
  /** With a `Reason` of the BYE, where one is given. */
  leave(reason?: string): Promise<void>;
}

export interface Browser {
  page(): Promise<CallingPage>;
  close(): Promise<void>;
}

/** Where Chromium is, or `undefined`. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

export async function openBrowser(): Promise<Browser> {
  const server = http.createServer((request, response) => void serve(request.url ?? '/', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const profile = mkdtempSync(path.join(tmpdir(), 'switch-contract-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: FLAGS, ignoreDefaultArgs: ['--mute-audio'] });
  return {
    async page() {
      const page: Page = await context.newPage();
      await page.goto(address);
      await page.waitForFunction('window.ready === true');
      return {
        callIn: (order) => page.evaluate(`window.callIn(${JSON.stringify(order)})`),
        media: () => page.evaluate('window.media()'),
        leave: async (reason) => {
          await page.evaluate(`window.leave(${JSON.stringify(reason ?? null)})`);
          await page.close();
        },
      };
    },
    async close() {
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function serve(url: string, response: http.ServerResponse): Promise<void> {
  if (!url.startsWith('/sip/')) {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
    return;
  }
  const file = path.join(SIP_JS, path.normalize(url.slice('/sip/'.length)));
  const text = await readFile(file.endsWith('.js') ? file : `${file}.js`, 'utf8').catch(() => undefined);
  response.setHeader('content-type', 'text/javascript').writeHead(text === undefined ? 404 : 200).end(text);
}
