import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { SwitchState } from '../../domain/api.ts';
import type { Logger } from '../../platform/log.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly requestMs: Histogram<'method' | 'route' | 'status'>;
  /** What the next reading says of the switches. */
  showSwitches(states: readonly SwitchState[]): void;
}

export function createMetrics(countSockets: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'exchange_sockets', help: 'Pages connected', registers: [registry], collect() { this.set(countSockets()); } });
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['switch'], registers: [registry] });
  const ofSwitch = {
    up: gauge('exchange_switch_up', '1 while the switch can be worked with: its Event Socket is up and its controller alive'),
    draining: gauge('exchange_switch_draining', '1 while nothing new starts there'),
    lost: gauge('exchange_switch_lost', '1 while it is declared lost'),
    operators: gauge('exchange_switch_operators', 'Standing legs of operators'),
    calls: gauge('exchange_switch_calls', 'Calls not ended'),
    sessions: gauge('exchange_switch_sessions', 'Sessions as the switch counts them'),
    max: gauge('exchange_switch_sessions_max', 'Sessions that the switch can have'),
  };
  return {
    registry,
    showSwitches(states) {
      for (const each of Object.values(ofSwitch)) each.reset();
      for (const { id, up, drainingSince, lostSince, operators, calls, sessions, maxSessions } of states) {
        const labels = { switch: id };
        ofSwitch.up.set(labels, up ? 1 : 0);
        ofSwitch.draining.set(labels, drainingSince === null ? 0 : 1);
        ofSwitch.lost.set(labels, lostSince === null ? 0 : 1);
        ofSwitch.operators.set(labels, operators);
        ofSwitch.calls.set(labels, calls);
        ofSwitch.sessions.set(labels, sessions);
        if (maxSessions !== null) ofSwitch.max.set(labels, maxSessions);
      }
    },
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
