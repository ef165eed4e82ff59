import { Inviter, type SessionDescriptionHandler, SessionState, UserAgent } from 'sip.js/lib/api/index.js';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';
import WebSocket from 'ws';
import type { PhoneCredentials } from '../../domain/api.ts';

/** A page's line without a browser: SIP.js over a WebSocket as the page has it, WebRTC by werift, silent. */
export interface SipPage {
  /** `closed`: the exchange hung up. `unreachable`: the switch's WebSocket is gone. `left`: by `leave`. */
  readonly over: Promise<'closed' | 'unreachable' | 'left'>;
  leave(): Promise<void>;
}

// SIP.js takes the browser's own.
Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket });

class SilentSound implements SessionDescriptionHandler {
  readonly #peer = new RTCPeerConnection({
    iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: { audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8_000, channels: 1, payloadType: 0 })] },
  });
  constructor() { this.#peer.addTransceiver(new MediaStreamTrack({ kind: 'audio' }), { direction: 'sendrecv' }); }
  async getDescription() {
    await this.#peer.setLocalDescription(await this.#peer.createOffer());
    return { body: this.#peer.localDescription?.sdp ?? '', contentType: 'application/sdp' };
  }
  hasDescription(contentType: string) { return contentType === 'application/sdp'; }
  /** FreeSWITCH answers without a=mid, which browsers make up for and werift does not. */
  async setDescription(sdp: string) {
    const mid = /^a=mid:.*$/m.exec(this.#peer.localDescription?.sdp ?? '')?.[0].trim() ?? 'a=mid:0';
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: /^a=mid:/m.test(sdp) ? sdp : sdp.replace(/^m=audio .*$/m, (line) => `${line.trimEnd()}\r\n${mid}`) });
  }
  sendDtmf() { return false; }
  close() { void this.#peer.close().catch(() => undefined); }
}

const addressOf = (text: string) => UserAgent.makeURI(text) ?? (() => { throw new Error(`not an address: ${text}`); })();

/** Calls in with one-use credentials. Rejects with `refused <status>`, or `unreachable`. */
export async function callIn({ wsUrl, domain, username, password, target }: PhoneCredentials): Promise<SipPage> {
  let end: (how: 'closed' | 'unreachable' | 'left') => void = () => undefined;
  const over = new Promise<'closed' | 'unreachable' | 'left'>((resolve) => { end = resolve; });
  const agent = new UserAgent({
    uri: addressOf(`sip:${username}@${domain}`), authorizationUsername: username, authorizationPassword: password, transportOptions: { server: wsUrl, connectionTimeout: 5 },
    sessionDescriptionHandlerFactory: () => new SilentSound(), logBuiltinEnabled: false, reconnectionAttempts: 0, delegate: { onDisconnect: () => end('unreachable') },
  });
  await agent.start().catch(() => { throw new Error('unreachable'); });
  const inviter = new Inviter(agent, addressOf(target));
  const stop = () => agent.stop().catch(() => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      inviter.stateChange.addListener((state) => {
        if (state === SessionState.Established) resolve();
        // A refusal is told by onReject with its status, a moment later than this.
        if (state === SessionState.Terminated) setImmediate(() => end('closed'));
      });
      inviter.invite({ requestDelegate: { onReject: ({ message }) => reject(new Error(`refused ${message.statusCode} ${message.reasonPhrase}`)) } }).catch(reject);
      void over.then((how) => reject(new Error(how)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  void over.then(async () => {
    inviter.sessionDescriptionHandler?.close();
    await stop();
  });
  return {
    over,
    async leave() {
      if (inviter.state === SessionState.Established) await (inviter.bye() as Promise<unknown>).catch(() => undefined);
      end('left');
      await stop();
    },
  };
}
