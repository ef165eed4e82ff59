import { isDeepStrictEqual } from 'node:util';
import type { Campaign } from '../domain/api.ts';
import type { CampaignChange, Manager } from '../domain/campaign.ts';

/** Of a change that names more, only what is different from the campaign as it stands: a form sends everything. */
export function differenceOf(current: Campaign, change: CampaignChange): CampaignChange {
  const before: Readonly<Record<string, unknown>> = { ...current };
  const isNew = ([key, value]: [string, unknown]): boolean =>
    key === 'managers' ? !isDeepStrictEqual(change.managers?.map(kept), current.managers.map(kept)) : !isDeepStrictEqual(value, before[key]);
  return Object.fromEntries(Object.entries(change).filter(isNew));
}

/** For the audit log: what was changed, whose entry among the managers, and which of the rules. */
export function describeDifference(current: Campaign, difference: CampaignChange): Record<string, string> {
  const { managers, rules } = difference;
  const isIn = (list: readonly Manager[]) => (one: Manager): boolean => list.some((other) => isDeepStrictEqual(kept(one), kept(other)));
  const named = managers === undefined ? [] : [...managers.filter((one) => !isIn(current.managers)(one)), ...current.managers.filter(({ id }) => managers.every((each) => each.id !== id)).filter((one) => !isIn(managers)(one))];
  const ruled = rules === undefined ? [] : Object.entries(rules).filter(([key, value]) => !isDeepStrictEqual(value, current.rules[key as keyof typeof rules])).map(([key]) => key);
  return {
    what: Object.keys(difference).join(', '),
    ...(named.length === 0 ? {} : { managers: [...new Set(named.map(({ name }) => name))].join(', ') }),
    ...(ruled.length === 0 ? {} : { rules: ruled.join(', ') }),
  };
}

/** What is kept of a manager, whoever sent it. */
const kept = ({ name, kind, address, acceptKey, email }: Manager) => ({ name, kind, address, acceptKey: kind !== 'page' && acceptKey, email });
