import { ConfigError, readConfig, type Config } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { leaveMetrics } from '../platform/controller-metrics.ts';
import { openNudges } from '../platform/nudges.ts';
import { isOutage, openDatabase } from '../platform/postgres/database.ts';
import { openRedis } from '../platform/redis.ts';
import { startController, type Controller } from './controller.ts';
import { EslSwitch } from './esl/esl-switch.ts';
import { registry } from './metrics.ts';

const config = configOrExit();
const log = createLog('calls-controller', config.logLevel);
const db = openDatabase({ url: config.databaseUrl, applicationName: 'calls-controller', plansOnce: true });
const nudges = openNudges(config.redisUrl, log);
const redis = openRedis(config.redisUrl, log);
const { gateway, sipHosts, eslUrl } = config.switch;
const target = new EslSwitch({ url: eslUrl, sipHosts, log, ...(gateway === undefined ? {} : { gateway }) });
const leaving = new AbortController();
const leaveWithinMs = 10_000;
/** What is running; empty while the switch still has another owner. */
const running: { controller?: Controller } = {};

registry.setDefaultLabels({ switch: config.switch.id });
const leavingMetrics = setInterval(() => {
  // A standby's figures are not the switch's.
  if (!running.controller) return;
  void registry.metrics().then((text) => leaveMetrics(redis, config.switch.id, text)).catch((error: Error) => log.debug({ error: error.message }, 'metrics not left'));
}, 5_000);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave(signal));
running.controller = await startController({ db, target, nudges, log, switchConfig: config.switch, recordings: config.recordings, onLost: () => void leave('another controller owns the switch') }, leaving.signal).catch((error: Error) => {
  if (!leaving.signal.aborted) log.fatal({ error: isOutage(error) ? error.message : error.stack }, isOutage(error) ? 'PostgreSQL (DATABASE_URL) does not answer' : 'start failed');
  process.exit(leaving.signal.aborted ? 0 : 1);
});
log.info({ switchId: config.switch.id, practice: gateway === undefined, standIn: config.switch.standIn }, gateway === undefined ? 'controller started: practice line, no phone network' : 'controller started');

async function leave(reason: string): Promise<void> {
  if (leaving.signal.aborted) return;
  // Whatever is away by then (database, Redis, the reader of our log): nobody waits for this process for ever.
  setTimeout(() => process.exit(1), leaveWithinMs).unref();
  leaving.abort();
  log.info({ reason }, 'leaving: no new calls, running ones live on');
  clearInterval(leavingMetrics);
  await running.controller?.stop();
  await nudges.stop();
  redis.disconnect();
  await db.destroy();
  process.exit(0);
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
