import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';
import type { Config } from '../platform/config.ts';
import type { Logger } from '../platform/log.ts';
import { openNudges } from '../platform/nudges.ts';
import { migrate, openDatabase } from '../platform/postgres/database.ts';
import { openRateLimit } from '../platform/postgres/rate-limits.ts';
import { obtainSecret } from '../platform/postgres/secrets.ts';
import { openStore } from '../platform/recordings/store.ts';
import { ensureSwitch } from '../platform/postgres/switches.ts';
import { descriptionOf } from '../platform/switch-description.ts';
import { openDevices } from './accounts/device-cookie.ts';
import { openHouseKey } from './accounts/house-key.ts';
import { openAccountLimits } from './accounts/sign-in-limits.ts';
import { sendAlarmLetters } from './mail/alarm-letters.ts';
import { openMailer } from './mail/mailer.ts';
import { openRedis, redisUp } from '../platform/redis.ts';
import type { House } from './house.ts';
import { handleErrors } from './http/errors.ts';
import { health } from './http/health.ts';
import { mountRoutes } from './http/mount.ts';
import { createMetrics, observeRequests, type Metrics } from './http/observe.ts';
import { describe } from './http/openapi.ts';
import { refuseForeign, securityHeaders } from './http/security.ts';
import { SessionStore } from './http/session-store.ts';
import { refuseWithoutSessions, sessions } from './http/sessions.ts';
import { site } from './http/site.ts';
import { KeptUploads } from './imports/kept-uploads.ts';
import { endSpareThread } from './imports/spare-thread.ts';
import { ReadingProgress } from './imports/reading-progress.ts';
import { Listenings } from './listenings.ts';
import { createRequests } from './requests.ts';
import { routes } from './routes/index.ts';
import { openSockets, type Sockets } from './sockets.ts';
import { openDirectory, type DirectoryListener } from './switch/directory-listener.ts';
import { SwitchOrigins } from './switch/switch-origins.ts';

const bodyLimit = '512kb';
const quarterHourMs = 900_000;
const drainMs = 5_000;
const builtSite = fileURLToPath(new URL('../web/dist', import.meta.url));

export interface ExchangeServer {
  /** Listens; resolves with the port. */
  start(): Promise<number>;
  /** Where the switches ask who may call in; known once it is started. */
  directoryUrl(): string;
  /** Takes no new requests, lets running ones end, closes everything. */
  stop(): Promise<void>;
}

/** Opens what the server needs and puts its parts together. */
export async function createExchangeServer(config: Config, log: Logger, siteDirectory = builtSite): Promise<ExchangeServer> {
  const db = openDatabase({ url: config.databaseUrl, applicationName: 'exchange-server' });
  const redis = openRedis(config.redisUrl, log, { waits: false });
  const nudges = openNudges(config.redisUrl, log);
  const keptUploads = new KeptUploads({ log });
  const switchOrigins = new SwitchOrigins(db, log);
  const mailer = openMailer(config, log);
  let stopLetters = () => Promise.resolve();
  const close = async () => {
    switchOrigins.stop();
    await stopLetters();
    await mailer.idle();
    await keptUploads.stop();
    await endSpareThread();
    await nudges.stop();
    redis.disconnect();
    await db.destroy();
  };
  try {
    await migrate(db);
    await redisUp(redis);
    await ensureSwitch(db, descriptionOf(config.switch));
    await switchOrigins.refresh();
    await keptUploads.sweep();
    const secretKey = await openHouseKey(db, config);
    const store = new SessionStore(redis);
    const session = sessions(config, store, await obtainSecret(db, 'session'));
    const opened: Omit<House, 'accountChanged'> = {
      config, db, redis, nudges, log, keptUploads,
      readingProgress: new ReadingProgress(),
      recordings: openStore(config.recordings), listenings: new Listenings(),
      requests: createRequests(db, nudges),
      mailer, secretKey,
      accountLimits: openAccountLimits(db),
      devices: openDevices(config, await obtainSecret(db, 'device')),
      managerLinkLimit: openRateLimit(db, { name: 'manager-link', points: 50, durationMs: quarterHourMs }),
    };
    const letters = sendAlarmLetters(opened);
    stopLetters = () => letters.stop();
    // socket.io takes its own requests before the application sees them, so the server is there first.
    const http = createServer((request, response) => void app(request, response));
    const sockets = openSockets(opened, http, { session, store });
    const accountChanged = (userId: string) => {
      // At once here, with Redis away as well; elsewhere by the nudge.
      sockets.accountChanged(userId);
      nudges.publish({ topic: 'account', id: userId });
    };
    const app = createApp({ ...opened, accountChanged }, createMetrics(() => sockets.count()), session, { siteDirectory, switchOrigins });
    return runServer(http, sockets, openDirectory({ db, config, log }), config, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function createApp(house: House, metrics: Metrics, session: RequestHandler, { siteDirectory, switchOrigins }: { siteDirectory: string; switchOrigins: SwitchOrigins }): express.Express {
  const { config, log } = house;
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple');
  if (config.publicUrl.startsWith('https:')) app.set('trust proxy', ['loopback', 'linklocal', 'uniquelocal']);
  const description = JSON.stringify(describe(routes));
  app.use(observeRequests(log, metrics), ...securityHeaders(config, () => switchOrigins.all()));
  app.use(health(house, metrics));
  app.get(['/openapi.json', '/api/v1/openapi.json'], (_request, response) => void response.type('application/json').send(description));
  app.use('/api/v1', refuseForeign(config), house.devices.middleware, refuseWithoutSessions(session), express.json({ limit: bodyLimit }), mountRoutes(house, routes));
  app.use(site(siteDirectory));
  app.use(handleErrors(log));
  return app;
}

function runServer(http: HttpServer, sockets: Sockets, directory: DirectoryListener, config: Config, close: () => Promise<void>): ExchangeServer {
  return {
    async start() {
      await directory.start();
      return new Promise((resolve, reject) => {
        http.once('error', reject);
        http.listen(config.port, () => {
          http.off('error', reject);
          resolve((http.address() as AddressInfo).port);
        });
      });
    },
    directoryUrl: () => directory.url(),
    async stop() {
      // Idle connections end at once, running requests get their time, pages reconnect elsewhere.
      const cut = setTimeout(() => http.closeAllConnections(), drainMs);
      await sockets.stop();
      clearTimeout(cut);
      await directory.stop();
      await close();
    },
  };
}
