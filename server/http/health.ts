import { Router } from 'express';
import { readMetrics } from '../../platform/controller-metrics.ts';
import { checkHealth } from '../../platform/postgres/health.ts';
import type { House } from '../house.ts';
import type { Metrics } from './observe.ts';

const answerWithinMs = 2_000;

/** Is it alive, can it work, how is it: for whoever watches over the house. */
export function health({ db, redis, config }: House, metrics: Metrics): Router {
  const router = Router();
  router.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const [database, sessions] = await Promise.all([
      within(checkHealth(db, config.switch.id)),
      within(redis.ping()),
    ]);
    const ready = database !== undefined && sessions !== undefined;
    response.status(ready ? 200 : 503).set('Cache-Control', 'no-store').json({
      status: ready ? 'ready' : 'notReady',
      database: database === undefined ? 'down' : 'up',
      redis: sessions === undefined ? 'down' : 'up',
      // Without its switch the site still works: lists, results, notes.
      switch: database?.switchLinkUp ? 'up' : 'down',
    });
  });
  router.get('/metrics', async (_request, response) => {
    const [own, controller] = await Promise.all([metrics.registry.metrics(), within(readMetrics(redis, config.switch.id))]);
    response.type(metrics.registry.contentType).send(`${own}${controller ?? ''}`);
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
