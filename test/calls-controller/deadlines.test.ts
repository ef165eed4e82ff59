import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadlines } from '../../calls-controller/deadlines.ts';
import { Runner, type RunnerOptions } from '../../calls-controller/runner.ts';
import type { CallEvent } from '../../domain/call/event.ts';
import { startCall, type NewCall } from '../../domain/call/transition.ts';
import { createLog } from '../../platform/log.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('deadlines', () => {
  it('that pass while they are held wait, and those cleared meanwhile never come', () => {
    const passed: string[] = [];
    const deadlines = new Deadlines((callId, name) => passed.push(`${callId} ${name}`));
    deadlines.set('a', 'ringing', 999_000);
    deadlines.set('a', 'limit', 1_000_500);
    deadlines.set('b', 'move', 1_000_500);
    deadlines.set('c', 'move', 1_002_000);
    vi.advanceTimersByTime(1_000);
    expect(passed).toEqual([]);
    deadlines.clear('a', 'ringing');
    deadlines.clearAll('b');
    deadlines.release();
    expect(passed).toEqual(['a limit']);
    vi.advanceTimersByTime(2_000);
    expect(passed).toEqual(['a limit', 'c move']);
    deadlines.hold();
    deadlines.set('d', 'move', 1_000_000);
    vi.advanceTimersByTime(1_000);
    expect(passed).toHaveLength(2);
    deadlines.stop();
  });

  it('of a new call run from its first order on: a switch that says nothing keeps no operator', async () => {
    const written: CallEvent[] = [];
    const query = ({ values }: { values: readonly unknown[] }) => {
      written.push(...values.filter((value): value is string => typeof value === 'string' && value.startsWith('{"type":')).map((value) => JSON.parse(value) as CallEvent));
      return Promise.resolve({ rows: [{ command_ids: [] }] });
    };
    const client = { acquireConnection: () => Promise.resolve({ query }), releaseConnection: () => Promise.resolve() };
    const silent = new Proxy({}, { get: () => () => Promise.resolve({ ok: true, reply: '+OK' }) });
    const options = {
      db: { client }, target: silent, nudges: { publish: () => undefined }, log: createLog('test', 'silent'), epoch: 1n,
      onReleased: () => undefined, onOperatorGone: () => undefined, onDoubt: () => undefined, onStale: () => undefined,
    } as unknown as RunnerOptions;
    const runner = new Runner(options);
    runner.releaseDeadlines();
    const order = { id: 'call', operatorLeg: 'o', contactLeg: 'c', destination: { kind: 'phone', e164: '+79000000001' }, managers: [], callerId: null, ringTimeoutMs: 30_000, maxDurationMs: 600_000 };
    const { call, commands } = startCall(order as unknown as NewCall, Date.now());
    await runner.begin({ call, operatorId: '1', campaignId: '1' }, commands, []);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(written[0]).toMatchObject({ type: 'DeadlinePassed', name: 'ringing' });
    runner.stop();
  });
});
