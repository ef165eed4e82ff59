import { readFile } from 'node:fs/promises';
import { AwsClient } from 'aws4fetch';
import { checkedKey, SoundMissing, type RecordingStore } from './store.ts';

export interface S3Config {
  readonly kind: 's3';
  /** `https://host` or, for tests on loopback, `http://host:port`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Below the bucket, without slashes at its ends; empty for none. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const requestMs = 60_000;

/** A bucket of whatever speaks S3 (path-style addresses, Signature Version 4). The bucket is private and exists already. */
export function s3Store({ endpoint, bucket, prefix, region, accessKeyId, secretAccessKey }: S3Config): RecordingStore {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 });
  const addressOf = (key: string) => [endpoint, bucket, ...(prefix === '' ? [] : [prefix]), checkedKey(key)].join('/');
  const ask = (key: string, init: RequestInit) => client.fetch(addressOf(key), { ...init, signal: AbortSignal.timeout(requestMs) });
  return {
    what: `${endpoint}/${bucket}${prefix === '' ? '' : `/${prefix}`}`,
    async put(key, file) {
      // At most about 11 MB: two hours of speech.
      const body = await readFile(file);
      const response = await ask(key, { method: 'PUT', body, headers: { 'content-type': 'audio/ogg' } });
      if (!response.ok) throw new Error(`the storage answered ${response.status} to a new recording: ${await shortly(response)}`);
      await response.arrayBuffer();
    },
    async read(key, { start, end }) {
      const response = await ask(key, { method: 'GET', headers: { range: `bytes=${start}-${end}` } });
      if (response.status === 404) throw new SoundMissing(key);
      if (response.status !== 206 || response.body === null) throw new Error(`the storage answered ${response.status} to a range: ${await shortly(response)}`);
      return response.body;
    },
    async remove(key) {
      const response = await ask(key, { method: 'DELETE' });
      if (!response.ok && response.status !== 404) throw new Error(`the storage answered ${response.status} to an erasure: ${await shortly(response)}`);
      await response.arrayBuffer();
    },
  };
}

const shortly = async (response: Response): Promise<string> => (await response.text().catch(() => '')).replace(/\s+/g, ' ').slice(0, 200);
