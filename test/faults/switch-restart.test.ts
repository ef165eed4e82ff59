import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noChromium } from '../browser/chromium.ts';
import { testSwitches } from '../support/house.ts';
import { openDesk, type Desk } from './desk.ts';
import { surviveSwitchDeath } from './switch-death.ts';

// The first switch dies in house.test.ts, where everything else does, too.
const [, second] = testSwitches;
describe.skipIf(noChromium || second === undefined)(`on ${second ?? 'a second switch'}`, () => {
  let desk: Desk;
  beforeAll(async () => { desk = await openDesk(second); }, 180_000);
  afterAll(() => desk?.close());

  it('the switch is killed and started again: every call ends with its cause, the line is back without a click', { timeout: 120_000 }, async () => {
    const callId = await desk.talk('Anna Petrova');
    await desk.operator.page.fill('#notes', 'two windows');
    await desk.shows(/^Saved /);
    await surviveSwitchDeath(desk, callId, 'two windows');
    expect(desk.operator.faults).toEqual([]);
  });
});
