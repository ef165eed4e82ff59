import { defaultDispositions, rulesSchema, type CampaignChange, type CampaignInput, type Destinations, type Manager } from '../domain/campaign.ts';
import { phoneReasonText, readPhone } from '../domain/phone.ts';
import { readTimeZone, zoneOfCountry } from '../domain/time-zone.ts';
import { isManagerLogin } from '../platform/postgres/campaign-managers.ts';
import type { CampaignDraft } from '../platform/postgres/campaigns.ts';
import type { Db } from '../platform/postgres/database.ts';
import { destinationProblem } from './destinations.ts';
import { badField, type Refusal } from './http/answer.ts';

/** Everything a new campaign needs: what was not given gets its usual value. */
export function draftOf(input: CampaignInput, sipHosts: readonly string[]): CampaignDraft | Refusal {
  const checked = checkChange(input, input.country, sipHosts);
  if ('refused' in checked) return checked;
  return {
    name: input.name,
    country: input.country,
    language: input.language,
    timeZone: checked.timeZone ?? zoneOfCountry(input.country) ?? 'Etc/UTC',
    script: input.script ?? '',
    questions: input.questions ?? [],
    dispositions: input.dispositions ?? defaultDispositions(input.language),
    managers: checked.managers ?? [],
    managerRing: input.managerRing ?? 'inTurn',
    rules: input.rules ?? rulesSchema.parse({}),
    destinations: input.destinations ?? null,
  };
}

/** What the schema cannot know: whether the clock exists and the managers can be reached. Their numbers become E.164; one manager becomes a list of one. */
export function checkChange(change: CampaignChange, country: string, sipHosts: readonly string[]): CampaignChange | Refusal {
  const timeZone = change.timeZone === undefined ? undefined : readTimeZone(change.timeZone);
  if (change.timeZone !== undefined && timeZone === undefined) return badField('timeZone', 'a time zone looks like Europe/Moscow');
  const { manager, managers: named, ...rest } = change;
  const wanted = named ?? (manager === undefined ? undefined : manager === null ? [] : [manager]);
  const managers: Manager[] = [];
  for (const [index, each] of (wanted ?? []).entries()) {
    const checked = reachable(each, country, sipHosts, named === undefined ? 'manager' : `managers.${index}`);
    if ('refused' in checked) return checked;
    managers.push(checked);
  }
  return { ...rest, ...(timeZone === undefined ? {} : { timeZone }), ...(wanted === undefined ? {} : { managers }) };
}

/** A login named for a manager must be one of this customer's managers. */
export async function checkLogins(db: Db, customerId: string, { managers = [] }: Pick<CampaignChange, 'managers'> | Pick<CampaignDraft, 'managers'>): Promise<Refusal | undefined> {
  for (const [index, { email }] of managers.entries())
    if (email !== '' && !(await isManagerLogin(db, { customerId, email }))) return badField(`managers.${index}.email`, 'there is no manager’s login with this e-mail');
  return undefined;
}

/** Managers' telephones lie where the house and the campaign telephone to; looked at again before each call. */
export async function checkNumbers(db: Db, { managers = [] }: Pick<CampaignChange, 'managers'> | Pick<CampaignDraft, 'managers'>, own: Destinations | null): Promise<Refusal | undefined> {
  for (const [index, { kind, address }] of managers.entries()) {
    const problem = kind === 'phone' ? await destinationProblem(db, { e164: address, own }) : undefined;
    if (problem !== undefined) return badField(`managers.${index}.address`, problem);
  }
  return undefined;
}

/** The robots stand in for managers, too: `<digits>@robots`. */
const robot = /^\+?[0-9]{1,15}@robots$/;

function reachable(manager: Manager, country: string, sipHosts: readonly string[], at: string): Manager | Refusal {
  const field = `${at}.address`;
  if (manager.kind === 'page') return manager;
  if (manager.kind === 'sip') {
    const host = manager.address.slice(manager.address.indexOf('@') + 1).toLowerCase();
    if (robot.test(manager.address) || sipHosts.includes(host)) return manager;
    return badField(field, sipHosts.length === 0 ? 'no SIP hosts are allowed here: give a phone number, or ask the administrator for this host' : `this host is not allowed; allowed are: ${sipHosts.join(', ')}`);
  }
  const read = readPhone(manager.address, country);
  if (!read.ok) return badField(field, phoneReasonText(read.reason));
  if (read.extension !== undefined) return badField(field, 'a manager needs a number without extension');
  return { ...manager, address: read.e164 };
}
