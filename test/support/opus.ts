import LibAV from '@libav.js/variant-opus-af';
import type { Sound } from './sound.ts';

/** Ogg Opus as 16-bit samples, 48,000 a second, as Opus always decodes. */
export async function decodeOpus(ogg: Uint8Array): Promise<Pick<Sound, 'samples' | 'rate' | 'channels' | 'durationMs'>> {
  const libav = await LibAV.LibAV({ noworker: true, nothreads: true });
  await libav.av_log_set_level(-8);
  await libav.writeFile('in.ogg', ogg);
  const [context, [stream]] = await libav.ff_init_demuxer_file('in.ogg');
  if (stream === undefined) throw new Error('no sound in the file');
  const [, codec, packet, frame] = await libav.ff_init_decoder(stream.codec_id, stream.codecpar);
  const [, packets] = await libav.ff_read_frame_multi(context, packet);
  const frames = await libav.ff_decode_multi(codec, packet, frame, packets[stream.index] ?? [], true);
  const samples = frames.flatMap(({ data, format }) => {
    const plane = (Array.isArray(data) ? data[0] : data) as Float32Array | Int16Array;
    return format === libav.AV_SAMPLE_FMT_FLT || format === libav.AV_SAMPLE_FMT_FLTP ? Array.from(plane, (sample) => Math.round(sample * 32_767)) : Array.from(plane);
  });
  libav.terminate();
  return { samples: Int16Array.from(samples), rate: 48_000, channels: 1, durationMs: Math.round(samples.length / 48) };
}
