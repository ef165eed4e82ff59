import LibAV from '@libav.js/variant-opus-af';
import { open } from 'node:fs/promises';
import { openWav, UnreadableWav } from './wav.ts';

// libopus and FFmpeg's muxer, as WebAssembly.
/** Speech of a telephone's band stays plainly intelligible; about 11 kbit/s with Ogg's own part, 5 MB an hour. */
const BIT_RATE = 12_000;
/** What libopus takes without resampling. */
const RATES = [8_000, 12_000, 16_000, 24_000, 48_000];
/** Packets of 60 ms: a third of Ogg's part of packets of 20 ms. */
const PACKET_MS = 60;
const PACKETS_AT_ONCE = 200;

export interface Converted { readonly durationMs: number; readonly bytes: number }

/**
 * Converts one wav file; both sides of the call are mixed in it. The new file is on the disk when this resolves.
 * @throws UnreadableWav for what is no sound
 */
export async function convertToOpus(wavFile: string, oggFile: string): Promise<Converted> {
  const wav = await openWav(wavFile);
  try {
    if (!RATES.includes(wav.rate)) throw new UnreadableWav(`${wav.rate} samples a second`);
    const { bytes, samples } = await encode(wav);
    const out = await open(oggFile, 'w', 0o600);
    try {
      await out.writeFile(bytes);
      await out.sync();
    } finally {
      await out.close();
    }
    return { durationMs: Math.round((samples * 1000) / wav.rate), bytes: bytes.length };
  } finally {
    await wav.close();
  }
}

async function encode(wav: Awaited<ReturnType<typeof openWav>>): Promise<{ bytes: Uint8Array; samples: number }> {
  const libav = await LibAV.LibAV({ noworker: true, nothreads: true });
  try {
    const mono = { channel_layout: 4, channels: 1, sample_rate: wav.rate };
    const [, context, frame, packet, frameSize] = await libav.ff_init_encoder('libopus', {
      ctx: { bit_rate: BIT_RATE, sample_fmt: libav.AV_SAMPLE_FMT_S16, ...mono },
      time_base: [1, wav.rate],
      options: { application: 'voip', frame_duration: String(PACKET_MS), vbr: 'on', compression_level: '10' },
    });
    const parameters = await libav.avcodec_parameters_alloc();
    await libav.avcodec_parameters_from_context(parameters, context);
    const [muxer] = await libav.ff_init_muxer({ filename: 'out.ogg', format_name: 'ogg', open: true, codecpars: true }, [[parameters, 1, wav.rate]]);
    await libav.avformat_write_header(muxer, 0);
    let samples = 0;
    const put = async (data: Int16Array | undefined): Promise<void> => {
      const frames = data === undefined ? [] : cut(data, frameSize).map((piece) => {
        const pts = samples;
        samples += piece.length;
        return { data: piece, format: libav.AV_SAMPLE_FMT_S16, nb_samples: piece.length, pts, ptshi: 0, ...mono };
      });
      await libav.ff_write_multi(muxer, packet, await libav.ff_encode_multi(context, frame, packet, frames, data === undefined));
    };
    for await (const chunk of wav.read(frameSize * PACKETS_AT_ONCE)) await put(wav.channels === 2 ? mixed(chunk) : chunk);
    await put(undefined);
    await libav.av_write_trailer(muxer);
    return { bytes: await libav.readFile('out.ogg'), samples };
  } finally {
    // With the module goes all that was allocated in it.
    libav.terminate();
  }
}

function cut(samples: Int16Array, length: number): Int16Array[] {
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, index) => samples.subarray(index * length, (index + 1) * length));
}

function mixed(stereo: Int16Array): Int16Array {
  return Int16Array.from({ length: stereo.length / 2 }, (_, at) => Math.max(-32_768, Math.min(32_767, (stereo[at * 2] ?? 0) + (stereo[at * 2 + 1] ?? 0))));
}
