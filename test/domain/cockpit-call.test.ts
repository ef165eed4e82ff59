import { describe, expect, it } from 'vitest';
import { toCockpitCall } from '../../domain/cockpit-call.ts';
import { apply, begin, inTurn, M, roads, together, type Fact, type House } from './call/histories.ts';

describe('the operator is told who rings', () => {
  const managers = (house: House, ...steps: Fact[]) =>
    toCockpitCall({ machine: apply(begin(house), ...steps).call, notes: '', notesSavedAt: null, answers: {}, scriptVersion: 1, managerNames: { 1: 'Boss', 2: 'Deputy', 3: 'Page Boss' } }, (ms) => new Date(ms).toISOString()).transfer?.managers;

  it('one after the other, where they are rung in turn', () => {
    expect(managers(inTurn, ...roads.moving)).toBe('Boss');
    expect(managers(inTurn, ...roads.ringingManager)).toBe('Boss');
    expect(managers(inTurn, ...roads.ringingManager, { type: 'LegCreated', leg: M }, { type: 'LegHungUp', leg: M, cause: 'USER_BUSY' })).toBe('Deputy');
    expect(managers(inTurn, ...roads.briefing)).toBe('Boss');
  });

  it('all of them, where they are rung together, and then the one who came', () => {
    expect(managers(together, ...roads.moving)).toBe('Boss, Deputy, Page Boss');
    expect(managers(together, ...roads.ringingManager)).toBe('Boss, Deputy, Page Boss');
    expect(managers(together, ...roads.briefing)).toBe('Boss');
  });
});
