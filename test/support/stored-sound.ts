import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { opusFormat } from '../../calls-controller/recordings/format.ts';
import { convertToOpus, type Converted } from '../../calls-controller/recordings/opus.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { storeRecording } from '../../platform/postgres/recordings.ts';
import { openStore, storageKey } from '../../platform/recordings/store.ts';

/** About 14 s of a robot's speech. */
export const speech = fileURLToPath(new URL('../../freeswitch-conf/sounds/robots/endless.wav', import.meta.url));

/** Each wav is converted once a file of tests. */
const converted = new Map<string, Promise<Converted & { oggFile: string }>>();
function oggOf(wavFile: string): Promise<Converted & { oggFile: string }> {
  const known = converted.get(wavFile) ?? (async () => {
    const oggFile = path.join(mkdtempSync(path.join(tmpdir(), 'ogg-')), 'sound.ogg');
    return { oggFile, ...(await convertToOpus(wavFile, oggFile)) };
  })();
  converted.set(wavFile, known);
  return known;
}

/** Gives a segment that was ordered its sound, as a controller does when its file is complete. */
export async function storeSound(db: Db, config: Pick<Config, 'recordings'>, { callId, segment = 1, wavFile = speech }: { callId: string; segment?: number; wavFile?: string }): Promise<{ id: string; storageKey: string } & Converted> {
  const row = (await db('recordings').where({ call_id: callId, segment }).first('id', 'customer_id')) as { id: string; customer_id: string };
  const { oggFile, durationMs, bytes } = await oggOf(wavFile);
  const key = storageKey({ customerId: row.customer_id, callId, segment });
  await openStore(config.recordings).put(key, oggFile);
  await storeRecording(db, { id: row.id, format: opusFormat, storageKey: key, durationMs, bytes });
  return { id: row.id, storageKey: key, durationMs, bytes };
}
