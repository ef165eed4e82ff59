import { afterEach, expect, it, vi } from 'vitest';
import { soundLookMs, SoundWatch } from '../../calls-controller/sound-watch.ts';
import type { LiveCall } from '../../calls-controller/runner.ts';
import type { CallEvent } from '../../domain/call/event.ts';
import { createLog } from '../../platform/log.ts';

const leg = '11111111-1111-4111-8111-111111111111';
afterEach(() => void vi.restoreAllMocks());

/** One call whose leg shows these counts, look by look; what the call was told. */
async function told(counts: readonly (number | undefined)[], state = 'talking', variables: Record<string, string> = { sip_auth_username: 'op-1-x' }): Promise<string[]> {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const call = { id: 'call', operatorLeg: leg, state };
  const events: string[] = [];
  const apply = (_id: string, event: CallEvent) => {
    events.push(event.type);
    call.state = event.type === 'OperatorSilent' ? 'waitingOperator' : 'talking';
    return Promise.resolve(undefined);
  };
  const left = [...counts];
  const watch = new SoundWatch({ runner: { live: new Map([[call.id, { call } as unknown as LiveCall]]), apply }, target: { heardPackets: () => Promise.resolve(left.shift()), variables: () => Promise.resolve(variables) }, log: createLog('test', 'silent') });
  for (let look = 0; look < counts.length; look++, now += soundLookMs) await watch.look();
  return events;
}

it('packets that stop for two seconds mean that the operator is not heard, packets that come again that they are', async () => {
  expect(await told([100, 150, 150, 150])).toEqual(['OperatorSilent']);
  expect(await told([100, 150, 150, 150, 150, 160, 210])).toEqual(['OperatorSilent', 'OperatorHeard']);
});

it('a short gap, a leg without RTP, one that has sent nothing yet and a switch that does not answer mean nothing', async () => {
  expect(await told([100, 150, 150, 200, 200, 250])).toEqual([]);
  expect(await told([undefined, undefined, undefined, undefined])).toEqual([]);
  expect(await told([0, 0, 0, 0, 0])).toEqual([]);
  expect(await told([100, 100, undefined, 100, 100, undefined, 100, 100])).toEqual([]);
});

it('a telephone that sends nothing while nobody speaks means nothing', async () => {
  expect(await told([100, 150, 150, 150, 150], 'talking', {})).toEqual([]);
});

it('a call that was taken over while its contact waits is joined again after the first packets', async () => {
  expect(await told([100, 150], 'waitingOperator')).toEqual(['OperatorHeard']);
});
