/** `show channels as json` and `uuid_dump … json` as values; whatever is cut or odd becomes `undefined`. */
import type { ChannelSnapshot, LegId } from '../../domain/leg.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A loopback's far half belongs to the robot, not to us. */
const isFarHalf = (name: unknown): boolean => typeof name === 'string' && name.startsWith('loopback/') && name.endsWith('-b');

/** The snapshot, or `undefined` unless it is whole: as many rows as `row_count` says. */
export function readChannels(reply: string): readonly ChannelSnapshot[] | undefined {
  const answer = parsed(reply);
  if (!isRecord(answer) || typeof answer['row_count'] !== 'number') return undefined;
  const rows = answer['rows'] ?? [];
  if (!Array.isArray(rows) || rows.length !== answer['row_count'] || !rows.every(isRecord)) return undefined;
  const ours = rows.filter((row) => !isFarHalf(row['name']));
  const partners = new Map<string, string>();
  for (const row of ours) {
    // The second leg of a bridge exchanges media and bears the first one's call_uuid.
    if (row['state'] !== 'CS_EXCHANGE_MEDIA' || typeof row['call_uuid'] !== 'string' || row['call_uuid'] === row['uuid']) continue;
    partners.set(String(row['uuid']), row['call_uuid']);
    partners.set(row['call_uuid'], String(row['uuid']));
  }
  return ours.map((row) => {
    const leg = String(row['uuid']);
    const bridgedTo = partners.get(leg);
    const createdAt = Number(row['created_epoch']) * 1000;
    return { leg, state: String(row['state']), callState: String(row['callstate']), createdAt, ...(bridgedTo === undefined ? {} : { bridgedTo }) };
  });
}

/** Variables without their prefix; the channel's own headers (`Channel-Name`, `Answer-State`, …) keep their names. `undefined` unless it is this leg's dump. */
export function readVariables(reply: string, leg: LegId): Readonly<Record<string, string>> | undefined {
  const dump = parsed(reply);
  if (!isRecord(dump) || dump['Unique-ID'] !== leg) return undefined;
  return Object.fromEntries(Object.entries(dump).map(([name, value]) => [name.replace(/^variable_/, ''), String(value)]));
}
