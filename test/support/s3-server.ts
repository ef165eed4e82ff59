import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestS3 {
  /** As RECORDINGS_URL takes it. */
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  /** Answers that come before the usual ones, each once. */
  readonly refusals: number[];
  stop(): Promise<void>;
}

/** As much of S3 as a recording needs: PUT, GET with a range, DELETE of one object; what is not signed with the key is refused. */
export async function startTestS3(): Promise<TestS3> {
  const objects = new Map<string, Buffer>();
  const refusals: number[] = [];
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refusal = refusals.shift();
    if (refusal !== undefined) return void response.writeHead(refusal).end('<Error><Code>SlowDown</Code></Error>');
    if (!/^AWS4-HMAC-SHA256 Credential=the-key\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/.test(request.headers.authorization ?? '')) return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    const name = request.url ?? '';
    if (request.method === 'PUT') {
      objects.set(name, Buffer.concat(chunks));
      return void response.writeHead(200).end();
    }
    const object = objects.get(name);
    if (request.method === 'DELETE') {
      objects.delete(name);
      return void response.writeHead(204).end();
    }
    if (object === undefined) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const part = object.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
    response.writeHead(206, { 'content-length': part.length, 'content-range': `bytes ${start}-${Number(start) + part.length - 1}/${object.length}` }).end(part);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `s3://the-key:the%2Fsecret@127.0.0.1:${(server.address() as AddressInfo).port}/calls/house-1?region=eu-central-1&tls=0`,
    objects, refusals,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
