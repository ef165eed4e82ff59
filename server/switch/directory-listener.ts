import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { House } from '../house.ts';
import { directory } from './directory.ts';

export interface DirectoryListener {
  start(): Promise<void>;
  /** EXCHANGE_DIRECTORY_URL of a switch on this machine. */
  url(): string;
  stop(): Promise<void>;
}

/** The directory on a listener of its own, on loopback: the site's public port knows nothing of it. */
export function openDirectory(house: Pick<House, 'db' | 'config' | 'log'>): DirectoryListener {
  const { host, port } = house.config.directory;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(directory(house));
  app.use((_request, response) => void response.sendStatus(404));
  app.use((error: Error & { status?: number }, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    const status = error.status ?? 500;
    if (status >= 500) house.log.error({ error: error.message }, 'directory not answered; the switch refuses the caller');
    if (!response.headersSent) response.sendStatus(status);
  });
  const http = createServer(app);
  const address = (): AddressInfo => http.address() as AddressInfo;
  return {
    start: () =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException) =>
          reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} on ${host} is in use: give the directory another one by DIRECTORY_LISTEN, and the switch the same by EXCHANGE_DIRECTORY_URL.`) : error);
        http.once('error', failed);
        http.listen(port, host, () => {
          http.off('error', failed);
          resolve();
        });
      }),
    url: () => `http://${host.includes(':') ? `[${host}]` : host}:${address().port}/switch/directory`,
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
