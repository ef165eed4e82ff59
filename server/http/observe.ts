import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Logger } from '../../platform/log.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly requestMs: Histogram<'method' | 'route' | 'status'>;
}

export function createMetrics(countSockets: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'exchange_sockets', help: 'Pages connected', registers: [registry], collect() { this.set(countSockets()); } });
  return {
    registry,
    requestMs: new Histogram({ name: 'exchange_http_request_ms', help: 'Time to the answer', labelNames: ['method', 'route', 'status'], buckets: [2, 5, 10, 25, 50, 100, 250, 1_000, 5_000], registers: [registry] }),
  };
}

/** One line a request: method, path without its query, status, time. No bodies, no cookies; the switch's own questions at debug. */
export function observeRequests(log: Logger, { requestMs }: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const id = randomUUID();
    const { method, path } = request;
    response.set('X-Request-Id', id);
    response.on('finish', () => {
      const ms = Math.round(performance.now() - startedAt);
      const route = request.routePath ?? 'other';
      requestMs.labels(method, route, String(response.statusCode)).observe(ms);
      const level = response.statusCode >= 500 ? 'warn' : request.routePath === undefined ? 'debug' : 'info';
      log[level]({ id, method, path, status: response.statusCode, ms, userId: request.session?.userId }, 'request');
    });
    next();
  };
}
