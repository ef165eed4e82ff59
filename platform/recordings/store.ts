import type { RecordingsConfig } from '../config.ts';
import { folderStore } from './folder-store.ts';
import { s3Store } from './s3-store.ts';

/** Where the sound of calls is kept: written once by a controller, read by the server, erased when its time is over. */
export interface RecordingStore {
  /** For people: where it is, without secrets. */
  readonly what: string;
  /** When it resolves the store holds it; the same key again replaces it with the same. */
  put(key: string, file: string): Promise<void>;
  /** Bytes `start` to `end`, both included. @throws SoundMissing */
  read(key: string, range: { readonly start: number; readonly end: number }): Promise<AsyncIterable<Uint8Array>>;
  /** One that is gone already is no error. */
  remove(key: string): Promise<void>;
}

/** The store does not hold what the database says it holds. */
export class SoundMissing extends Error {
  override readonly name = 'SoundMissing';
}

const KEY = /^[0-9]{1,18}\/[0-9a-f-]{36}\.[0-9]{1,4}\.ogg$/;

export const storageKey = ({ customerId, callId, segment }: { customerId: string; callId: string; segment: number }): string => `${customerId}/${callId}.${segment}.ogg`;

/** A key is made of ids by `storageKey` and nothing else; whatever else comes never reaches a path or an address. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new TypeError('not the key of a recording');
  return key;
}

export const openStore = ({ store }: Pick<RecordingsConfig, 'store'>): RecordingStore => (store.kind === 'folder' ? folderStore(store.directory) : s3Store(store));
