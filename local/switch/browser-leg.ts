/** A browser's sound: WebRTC by werift, G.711 μ-law alone, so that a bridge passes frames on as they come. */
import { performance } from 'node:perf_hooks';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift';
import type { FarEnd } from './channel.ts';
import { FRAME_BYTES } from './sounds.ts';

const PCMU = 0;
/** A longer silence than this is a pause, which the timestamps must show (RFC 3550, 5.1). */
const PAUSE_MS = 200;
const SAMPLES_PER_MS = 8;
/** A browser's own candidates differ; loopback serves a machine that has no network at all. */
const LOOPBACK = '127.0.0.1';

export class BrowserLeg implements FarEnd {
  readonly #track = new MediaStreamTrack({ kind: 'audio' });
  readonly #peer = new RTCPeerConnection({
    iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: [LOOPBACK], headerExtensions: { audio: [] },
    codecs: { audio: [
      new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: PCMU }),
      new RTCRtpCodecParameters({ mimeType: 'audio/telephone-event', clockRate: 8000, channels: 1, payloadType: 101 }),
    ] },
  });
  #sequence = 0;
  #timestamp = 0;
  #playedAt = performance.now();
  #heardAt = performance.now();
  packetsHeard = 0;
  /** Each 20 ms of the browser's sound. */
  onSound: (frame: Buffer) => void = () => undefined;
  onTick: (silentMs: number) => void = () => undefined;
  onEnd: (cause: string) => void = () => undefined;

  /** The answer to a browser's offer, with all its candidates. Throws when the offer cannot be met. */
  async answer(offer: string): Promise<string> {
    this.#peer.addTransceiver(this.#track, { direction: 'sendrecv' });
    this.#peer.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(({ header, payload }) => {
      this.packetsHeard += 1;
      if (header.payloadType !== PCMU) return;
      this.#heardAt = performance.now();
      this.onSound(payload);
    }));
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    const sdp = this.#peer.localDescription?.sdp ?? '';
    if (!/^m=audio [1-9]/m.test(sdp)) throw new Error('the offer has no sound that can be taken');
    return sdp;
  }

  play(frame: Buffer): void {
    const now = performance.now();
    const paused = now - this.#playedAt > PAUSE_MS;
    if (paused) this.#timestamp += Math.floor(((now - this.#playedAt) * SAMPLES_PER_MS) / FRAME_BYTES) * FRAME_BYTES;
    this.#playedAt = now;
    const header = new RtpHeader({ payloadType: PCMU, sequenceNumber: (this.#sequence = (this.#sequence + 1) & 0xffff), timestamp: (this.#timestamp = (this.#timestamp + frame.length) >>> 0), marker: paused });
    this.#track.writeRtp(new RtpPacket(header, frame));
  }

  tick(): void {
    this.onTick(performance.now() - this.#heardAt);
  }

  end(cause: string): void {
    this.onEnd(cause);
    this.close();
  }

  close(): void {
    void this.#peer.close().catch(() => undefined);
  }
}
