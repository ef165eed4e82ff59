import type { Destinations } from '../domain/campaign.ts';
import { destinationRefusals, judgeDestination } from '../domain/destination.ts';
import type { Db } from '../platform/postgres/database.ts';
import { listTrunkRules } from '../platform/postgres/trunks.ts';

/** Why a number cannot be entered: no line of the house, or not the campaign, telephones there. In words; undefined when it can. */
export async function destinationProblem(db: Db, { e164, own }: { e164: string; own: Destinations | null }): Promise<string | undefined> {
  const lists = await listTrunkRules(db);
  const refusals = lists.map((list) => judgeDestination(e164, own === null ? [list] : [list, own]));
  const [first] = refusals;
  return refusals.includes(undefined) || first === undefined ? undefined : destinationRefusals[first];
}
