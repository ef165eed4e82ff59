import { defaultDispositions, rulesSchema, type CampaignChange, type CampaignInput, type Manager } from '../domain/campaign.ts';
import { phoneReasonText, readPhone } from '../domain/phone.ts';
import { readTimeZone, zoneOfCountry } from '../domain/time-zone.ts';
import type { CampaignDraft } from '../platform/postgres/campaigns.ts';
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
    manager: checked.manager ?? null,
    rules: input.rules ?? rulesSchema.parse({}),
  };
}

/** What the schema cannot know: whether the clock exists and the manager can be reached. The manager's number becomes E.164. */
export function checkChange(change: CampaignChange, country: string, sipHosts: readonly string[]): CampaignChange | Refusal {
  const timeZone = change.timeZone === undefined ? undefined : readTimeZone(change.timeZone);
  if (change.timeZone !== undefined && timeZone === undefined) return badField('timeZone', 'a time zone looks like Europe/Moscow');
  const manager = change.manager && reachable(change.manager, country, sipHosts);
  if (manager && 'refused' in manager) return manager;
  return { ...change, ...(timeZone === undefined ? {} : { timeZone }), ...(manager === undefined ? {} : { manager }) };
}

/** The robots stand in for managers, too: `<digits>@robots`. */
const robot = /^\+?[0-9]{1,15}@robots$/;

function reachable(manager: Manager, country: string, sipHosts: readonly string[]): Manager | Refusal {
  const field = 'manager.address';
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
