import type { Request } from 'express';
import { findSound, type StoredSound } from '../../../platform/postgres/recordings.ts';
import { SoundMissing } from '../../../platform/recordings/store.ts';
import { addressOf } from '../../http/address.ts';
import { notFound, refuse, streamAnswer, type Answer } from '../../http/answer.ts';
import { ofRow } from '../../http/ids.ts';
import { route } from '../../http/route.ts';
import { hearerOf, hearingRoles } from './hearer.ts';

export const playRecording = route({
  method: 'get',
  path: '/recordings/{id}/audio',
  roles: hearingRoles,
  summary: 'The sound of a segment, Opus in Ogg; a Range of it as well. Each listening is written to the audit log',
  params: ofRow,
  answers: { 200: 'audio/ogg', 206: 'audio/ogg: the range that was asked for', 304: 'the browser has it already' },
  async handle({ house, params, user, request }): Promise<Answer> {
    const { db, log, recordings, listenings } = house;
    const sound = await findSound(db, { id: params.id, hearer: hearerOf(user) });
    if (!sound) return notFound('The recording');
    if (sound === 'gone') return refuse(410, 'soundGone', 'There is no sound of this segment (any more).');
    const part = partOf(request, params.id, sound);
    if (part.status === 304 || part.status === 416) return streamAnswer(part.status, part.headers);
    try {
      const content = await recordings.read(sound.storageKey, part.range);
      await listenings.note({ db, user, address: addressOf(request), recordingId: params.id, sound });
      return streamAnswer(part.status, part.headers, request.method === 'HEAD' ? undefined : content);
    } catch (error) {
      if (!(error instanceof SoundMissing)) throw error;
      log.error({ recordingId: params.id, callId: sound.callId, segment: sound.segment }, 'the store does not hold this recording');
      return refuse(410, 'soundGone', 'The storage does not hold this sound any more.');
    }
  },
});

interface Part { readonly status: 200 | 206 | 304 | 416; readonly headers: Readonly<Record<string, string>>; readonly range: { readonly start: number; readonly end: number } }

/** RFC 9110, 13.1.5 and 14: what of the sound is asked for. Several ranges at once are answered with the whole, as is allowed. */
function partOf(request: Request, id: string, { bytes, format, storedAt }: StoredSound): Part {
  // A recording never changes: its id and length name its contents.
  const etag = `"r${id}-${bytes}"`;
  const always = { ETag: etag, 'Last-Modified': storedAt.toUTCString(), 'Accept-Ranges': 'bytes' };
  const whole = { start: 0, end: bytes - 1 };
  const known = request.get('if-none-match')?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(etag) || known?.includes('*')) return { status: 304, headers: always, range: whole };
  const condition = request.get('if-range');
  const isSame = condition === undefined || condition === etag || condition === always['Last-Modified'];
  const ranges = isSame ? request.range(bytes, { combine: true }) : undefined;
  if (ranges === -1) return { status: 416, headers: { ...always, 'Content-Range': `bytes */${bytes}` }, range: whole };
  const [only, ...others] = Array.isArray(ranges) && ranges.type === 'bytes' ? ranges : [];
  const described = { ...always, 'Content-Type': format, 'Content-Disposition': 'inline' };
  if (only === undefined || others.length > 0) return { status: 200, headers: { ...described, 'Content-Length': String(bytes) }, range: whole };
  const { start, end } = only;
  return { status: 206, headers: { ...described, 'Content-Length': String(end - start + 1), 'Content-Range': `bytes ${start}-${end}/${bytes}` }, range: { start, end } };
}
