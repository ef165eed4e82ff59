import { Router } from 'express';
import { mergeMetrics, readMetrics } from '../../platform/controller-metrics.ts';
import { checkHealth } from '../../platform/postgres/health.ts';
import { listSwitches } from '../../platform/postgres/switch-service.ts';
import type { House } from '../house.ts';
import type { Metrics } from './observe.ts';

const answerWithinMs = 2_000;

/** Is it alive, can it work, how is it: for whoever watches over the house. */
export function health({ db, redis }: House, metrics: Metrics): Router {
  const router = Router();
  router.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const [database, sessions] = await Promise.all([
      within(checkHealth(db)),
      within(redis.ping()),
    ]);
    const ready = database !== undefined && sessions !== undefined;
    response.status(ready ? 200 : 503).set('Cache-Control', 'no-store').json({
      status: ready ? 'ready' : 'notReady',
      database: database === undefined ? 'down' : 'up',
      redis: sessions === undefined ? 'down' : 'up',
      // Without its switch the site still works: lists, results, notes.
      switch: database === undefined ? 'unknown' : database.switches.some(({ up }) => up) ? 'up' : 'down',
      switches: database?.switches ?? [],
    });
  });
  router.get('/metrics', async (_request, response) => {
    const states = (await within(listSwitches(db))) ?? [];
    metrics.showSwitches(states);
    const controllers = await Promise.all(states.map(({ id }) => within(readMetrics(redis, id))));
    response.type(metrics.registry.contentType).send(mergeMetrics([await metrics.registry.metrics(), ...controllers.map((text) => text ?? '')]));
  });
  return router;
}

/** The answer, or undefined when it failed or took too long. */
async function within<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(resolve, answerWithinMs, undefined); });
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
