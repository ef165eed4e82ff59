import { ConfigError, readConfig, type Config } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { isOutage } from '../platform/postgres/database.ts';
import { createExchangeServer } from './app.ts';

const config = readOrExit();
const log = createLog('server', config.logLevel);
const leaveWithinMs = 10_000;
const server = await createExchangeServer(config, log).catch(sayAndExit);
const port = await server.start().catch(sayAndExit);
log.info({ port, publicUrl: config.publicUrl }, 'listening');

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    // Whatever is away by then (database, Redis, the reader of our log): nobody waits for this process for ever.
    setTimeout(() => process.exit(1), leaveWithinMs).unref();
    log.info({ signal }, 'draining');
    server.stop().then(() => process.exit(0), (error: unknown) => {
      log.error({ err: error }, 'stop failed');
      process.exit(1);
    });
  });

/** What the environment lacks is told in words, with its remedy; anything else is a fault of ours and keeps its stack. */
function sayAndExit(error: NodeJS.ErrnoException & { port?: number }): never {
  const remedy = error instanceof ConfigError ? error.message
    : error.code === 'EADDRINUSE' ? `Port ${error.port ?? config.port} is in use. End the program that holds it, or set ${(error.port ?? config.port) === config.port ? 'PORT' : 'DIRECTORY_LISTEN'} to another one.`
    : error.code === 'EACCES' && error.syscall === 'listen' ? `Port ${config.port} is not for ordinary users. Set PORT to one above 1023.`
    : isOutage(error) ? `PostgreSQL does not answer at ${new URL(config.databaseUrl).host} (${error.message}). Start it, or set DATABASE_URL to another one.`
    : undefined;
  if (remedy === undefined) throw error;
  process.stderr.write(`${remedy}\n`);
  process.exit(1);
}

/** A bad environment is told in words, not as a stack. */
function readOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    return sayAndExit(error as Error);
  }
}
