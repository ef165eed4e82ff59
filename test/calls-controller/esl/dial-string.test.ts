import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialString, type DialOrder } from '../../../calls-controller/esl/dial-string.ts';

const LEG = '0b6f7a3e-9d0a-4c55-8e0f-2b6a0d7c1a01';
const base = { leg: LEG, ringTimeoutMs: 25_000, use: 'bridge' } as const;
const phone = (e164: string) => ({ kind: 'phone', e164 }) as const;
const routes = { sipHosts: ['sip.example.org', 'pbx.example.org:5070'] };
/** Everything that a dial string may ever look like: nothing in it can end a value, name a second endpoint or a command. */
const WHOLE = /^(?:\{originate_timeout=\d+\}\[[a-zA-Z0-9_=,:+.@-]+\]|\{[a-zA-Z0-9_=,:+.@-]+\})(?:loopback\/\+?\d+\/robots\/XML|sofia\/gateway\/[a-z0-9_-]+\/\d+|sofia\/trunks\/[A-Za-z0-9+._-]+@[a-z0-9.-]+(?::\d+)?)$/;

describe('a dial string', () => {
  test('leads phones to the robots without a gateway and to the gateway with one', () => {
    expect(dialString({ ...base, destination: phone('+79001234567') }, routes)).toMatch(/\]loopback\/\+79001234567\/robots\/XML$/);
    expect(dialString({ ...base, destination: phone('+79001234567') }, { ...routes, gateway: 'zadarma' })).toMatch(/\]sofia\/gateway\/zadarma\/79001234567$/);
  });

  test('bears our uuid, both ringing limits and the settings that keep the leg', () => {
    expect(dialString({ ...base, destination: phone('+79001234567') }, routes)).toBe(
      `{originate_timeout=26}[origination_uuid=${LEG},exchange_leg=${LEG},loopback_bowout=false,park_after_bridge=false,transfer_after_bridge=park:inline,hangup_after_bridge=false,park_timeout=30,bridge_answer_timeout=26]loopback/+79001234567/robots/XML`);
  });

  test('bears the limit that counts from the answer, in whole seconds, and no odd one', () => {
    const limited = (limitMs: number) => dialString({ ...base, destination: phone('+79001234567'), limitMs }, routes);
    expect(limited(735_001)).toContain(',execute_on_answer_limit=sched_hangup:+736,');
    for (const odd of [0, -1, Number.NaN, Infinity, 86_400_001]) expect(limited(odd)).toBeUndefined();
  });

  test('sends an extension as DTMF after the answer, and takes nothing but digits for one', () => {
    const extended = (extension: string) => dialString({ ...base, destination: { kind: 'phone', e164: '+74951234567', extension } }, routes);
    expect(extended('12')).toContain(',execute_on_answer=send_dtmf::WW12@150,');
    for (const odd of ['', '1,2', '12w', "1'", '${x}', '123456789', '1\n']) expect(extended(odd)).toBeUndefined();
  });

  test('names a SIP address only on a host of the list; digits at robots are a practice line', () => {
    const sip = (user: string, host: string) => dialString({ ...base, use: 'originate', destination: { kind: 'sip', user, host } }, routes);
    expect(sip('anna.b', 'SIP.example.org')).toMatch(/\}sofia\/trunks\/anna\.b@sip\.example\.org$/);
    expect(sip('100', 'pbx.example.org:5070')).toMatch(/@pbx\.example\.org:5070$/);
    expect(sip('4999', 'robots')).toMatch(/\}loopback\/4999\/robots\/XML$/);
    expect(sip('anna', 'robots')).toBeUndefined();
    expect(sip('anna', 'evil.example.net')).toBeUndefined();
    expect(sip('a,sofia/gateway/x/1', 'sip.example.org')).toBeUndefined();
  });

  test.each(['$', '{', ',', '|', '[', '<', '^^', "'", ';', '\r', '\n', '${system(id)}', ' ', '\0', '%0a', 'é'])('refuses %j wherever a word may come in', (odd) => {
    for (const at of [0, 3, 12]) {
      const spoil = (text: string) => text.slice(0, at) + odd + text.slice(at);
      const orders: DialOrder[] = [
        { ...base, destination: phone(spoil('+79001234567')) },
        { ...base, leg: spoil(LEG), destination: phone('+79001234567') },
        { ...base, callerId: spoil('+74951234567'), destination: phone('+79001234567') },
        { ...base, destination: { kind: 'sip', user: spoil('anna-maria-b'), host: 'sip.example.org' } },
        { ...base, destination: { kind: 'sip', user: 'anna', host: spoil('sip.example.org') } },
      ];
      expect(orders.map((order) => dialString(order, routes))).toEqual(orders.map(() => undefined));
      expect(dialString({ ...base, destination: phone('+79001234567') }, { ...routes, gateway: spoil('zadarma-gateway') })).toBeUndefined();
    }
  });

  test('has no other shape, whatever words come in', () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('$', '{', '}', ',', '|', '[', ']', '<', '^', "'", ';', '\r', '\n', 'a', '1', '+', '@', '/', '.', '-', ':') }), fc.constantFrom('+79001234567', 'anna', LEG, 'sip.example.org', 'robots', '4999'));
    const destination = fc.oneof(
      fc.record({ kind: fc.constant('phone' as const), e164: word }),
      fc.record({ kind: fc.constant('sip' as const), user: word, host: word }));
    fc.assert(fc.property(destination, word, fc.option(word, { nil: undefined }), fc.option(word, { nil: undefined }), fc.double(), fc.constantFrom('bridge' as const, 'originate' as const), (to, leg, callerId, gateway, ringTimeoutMs, use) => {
      const built = dialString(
        { leg: leg.length > 20 ? leg : LEG, destination: to, ringTimeoutMs, use, ...(callerId === undefined ? {} : { callerId }) },
        { sipHosts: ['sip.example.org', to.kind === 'sip' ? to.host : ''], ...(gateway === undefined ? {} : { gateway }) });
      return built === undefined || WHOLE.test(built);
    }), { numRuns: 5_000 });
  });
});
