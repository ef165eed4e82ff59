import type { Cockpit } from '../domain/api.ts';
import { readCockpit } from '../platform/postgres/cockpit.ts';
import { claimNextContact } from '../platform/postgres/queue.ts';
import type { House } from './house.ts';

/** The cockpit as it stands. */
export async function cockpitOf({ db, config }: Pick<House, 'db' | 'config'>, operatorId: string): Promise<Cockpit | undefined> {
  const cockpit = await readCockpit(db, { operatorId, switchId: config.switch.id, practice: config.switch.gateway === undefined });
  return cockpit && config.switch.standIn ? { ...cockpit, line: { ...cockpit.line, keepsNoSound: true } } : cockpit;
}

const wantsContact = ({ operator, line, campaign, contact, call }: Cockpit): boolean =>
  operator.state === 'ready' && line.legUp && campaign?.state === 'running' && contact === null && call === null;

/** The cockpit, with the next contact claimed where a ready operator has none: one may have come due meanwhile. */
export async function cockpitWithContact(house: Pick<House, 'db' | 'config'>, operatorId: string): Promise<Cockpit | undefined> {
  const cockpit = await cockpitOf(house, operatorId);
  if (!cockpit?.campaign || !wantsContact(cockpit)) return cockpit;
  const claimed = await claimNextContact(house.db, { operatorId, campaignId: cockpit.campaign.id });
  return claimed ? cockpitOf(house, operatorId) : cockpit;
}
