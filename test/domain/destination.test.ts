import { describe, expect, it } from 'vitest';
import { mostACallCosts } from '../../domain/call-cost.ts';
import { judgeDestination } from '../../domain/destination.ts';
import { dialString } from '../../calls-controller/esl/dial-string.ts';

const anywhere = [{ countries: null, types: null }];

describe('where the house telephones to', () => {
  // Emergency and short numbers, RU 809/803 and GB 09 premium, DE 0180 shared cost, Iridium, Inmarsat, Globalstar, international premium (979), GB 070 personal, no number.
  it.each(['+7112', '+112', '+78095555555', '+78035555555', '+449098790000', '+491805123456', '+881612345678', '+870773111632', '+88213123456', '+979123456789', '+447012345678', '+999123456789', '+7900', '112', '+', ''])('never %s, whatever the list says, and no dial string is made of it', (number) => {
    expect(judgeDestination(number, anywhere)).toBe('neverDialled');
    expect(judgeDestination(number, [])).toBe('neverDialled');
    expect(dialString({ leg: '7f1f2f9c-2b6f-4f0e-9b0e-0d1c2b3a4f5e', destination: { kind: 'phone', e164: number }, ringTimeoutMs: 10_000, use: 'bridge' }, { gateway: 'trunk', sipHosts: [] })).toBeUndefined();
  });

  it('only countries and kinds that every list allows', () => {
    const russia = { countries: ['RU'], types: null };
    expect(judgeDestination('+79161234567', [russia])).toBeUndefined();
    // Kazakhstan shares +7.
    expect(judgeDestination('+77012345678', [russia])).toBe('countryNotAllowed');
    expect(judgeDestination('+4915123456789', [russia])).toBe('countryNotAllowed');
    expect(judgeDestination('+74951234567', [russia, { countries: null, types: ['mobile'] }])).toBe('typeNotAllowed');
    expect(judgeDestination('+79161234567', [russia, { countries: ['KZ'], types: null }])).toBe('countryNotAllowed');
    expect(judgeDestination('+78001234567', [{ countries: ['RU'], types: ['tollFree'] }])).toBeUndefined();
    expect(judgeDestination('+12015550123', [{ countries: ['US'], types: ['mobile'] }])).toBeUndefined();
    expect(judgeDestination('+79161234567', [{ countries: [], types: null }])).toBe('countryNotAllowed');
  });
});

describe('the most that a call can cost', () => {
  const talk = { contactPerMinute: 100n, managerPerMinute: 0n, telephonedManagers: 0, mayHandOver: false, maxDurationMs: 600_000 };
  it('is its longest talk in started minutes, put off once by a transfer', () => {
    // 10 min + 2 min + 15 s
    expect(mostACallCosts(talk)).toBe(1_300n);
  });
  it('counts the talk after the hand-over and the managers’ telephones', () => {
    // 132.5 min for the contact; 132 min 55 s for the manager, a minute for the second one who was rung
    expect(mostACallCosts({ ...talk, mayHandOver: true })).toBe(13_300n);
    expect(mostACallCosts({ ...talk, mayHandOver: true, managerPerMinute: 10n, telephonedManagers: 2 })).toBe(13_300n + 1_330n + 10n);
  });
});
