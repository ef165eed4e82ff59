import { ConfigError, readConfig, type Config } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { createExchangeServer } from './app.ts';

const config = readOrExit();
const log = createLog('server', config.logLevel);
const leaveWithinMs = 10_000;
const server = await createExchangeServer(config, log);
const port = await server.start();
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

/** A bad environment is told in words, not as a stack. */
function readOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
