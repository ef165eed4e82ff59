import type { CampaignManager } from '../../domain/api.ts';
import type { Manager, ManagerKind } from '../../domain/campaign.ts';
import type { Db } from './database.ts';

/** A page says that it is there every few seconds; after this long without a word it does not stand open. */
const pageOpenMs = 15_000;

interface Row { id: string; name: string; kind: ManagerKind; address: string | null; accept_key: boolean; email: string | null; link_made_at: Date | null; page_open: boolean }

/** A campaign's managers in the order to ring them. */
export async function listManagers(db: Db, { customerId, campaignId }: { customerId: string; campaignId: string }): Promise<CampaignManager[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select m.id, m.name, m.kind, m.address, m.accept_key, u.email, m.link_made_at,
       coalesce(m.page_seen_at > now() - :pageOpenMs * interval '1 ms', false) as page_open
     from campaign_managers m left join users u on u.id = m.user_id
     where m.campaign_id = :campaignId and m.customer_id = :customerId order by m.position`,
    { customerId, campaignId, pageOpenMs },
  );
  return rows.map((row) => ({
    id: row.id, name: row.name, kind: row.kind, address: row.address ?? '', acceptKey: row.accept_key && row.kind !== 'page', email: row.email ?? '',
    linkMadeAt: row.link_made_at?.toISOString() ?? null, pageOpen: row.page_open,
  }));
}

/**
 * Puts these managers in the campaign, in this order. Whoever was there already (by id, else by the same way to reach them)
 * keeps their row, and with it link and transfers. Part of the transaction that creates or changes the campaign.
 */
export async function replaceManagers(trx: Db, { customerId, campaignId, managers }: { customerId: string; campaignId: string; managers: readonly Manager[] }): Promise<void> {
  const former = [...(await listManagers(trx, { customerId, campaignId }))];
  const kept = managers.map((manager) => {
    const index = former.findIndex((each) => (manager.id === undefined ? isSamePlace(each, manager) : each.id === manager.id));
    return index < 0 ? undefined : former.splice(index, 1)[0];
  });
  if (former.length > 0) await trx('campaign_managers').whereIn('id', former.map(({ id }) => id)).where({ campaign_id: campaignId, customer_id: customerId }).delete();
  for (const [position, manager] of managers.entries()) {
    const before = kept[position];
    const columns = {
      position, name: manager.name, kind: manager.kind, address: manager.kind === 'page' ? null : manager.address, accept_key: manager.acceptKey,
      user_id: manager.email === '' ? null : trx('users').where({ email: manager.email, customer_id: customerId, role: 'manager' }).select('id'),
      ...(manager.kind === 'page' ? {} : { link_hash: null, link_made_at: null }),
    };
    if (before) await trx('campaign_managers').where({ id: before.id, campaign_id: campaignId, customer_id: customerId }).update(columns);
    else await trx('campaign_managers').insert({ ...columns, campaign_id: campaignId, customer_id: customerId });
  }
}

const isSamePlace = (one: Manager, other: Manager): boolean => one.kind === other.kind && (one.kind === 'page' ? one.name === other.name : one.address === other.address);

/** Whether the customer has a manager's login with this e-mail. */
export async function isManagerLogin(db: Db, { customerId, email }: { customerId: string; email: string }): Promise<boolean> {
  return (await db('users').where({ customer_id: customerId, email, role: 'manager' }).first('id')) !== undefined;
}

/** A new personal link in place of the one before, which opens nothing any more; null takes it back. @returns false for what is no page of this customer's. */
export async function setManagerLink(db: Db, { customerId, campaignId, managerId, linkHash }: { customerId: string; campaignId: string; managerId: string; linkHash: string | null }): Promise<boolean> {
  const changed = await db('campaign_managers').where({ id: managerId, campaign_id: campaignId, customer_id: customerId, kind: 'page' })
    .update({ link_hash: linkHash, link_made_at: linkHash === null ? null : db.fn.now(), page_seen_at: null });
  return changed === 1;
}

export interface ManagerPage { readonly managerId: string; readonly linkHash: string; readonly managerName: string; readonly campaignName: string; readonly hasLogin: boolean }

/** Whose page a personal link opens. */
export async function findManagerPage(db: Db, { linkHash }: { linkHash: string }): Promise<ManagerPage | undefined> {
  const { rows } = await db.raw<{ rows: { id: string; name: string; campaign_name: string; has_login: boolean }[] }>(
    `select m.id, m.name, p.name as campaign_name, m.user_id is not null as has_login from campaign_managers m join campaigns p on p.id = m.campaign_id where m.link_hash = :linkHash`,
    { linkHash },
  );
  return rows[0] && { managerId: rows[0].id, linkHash, managerName: rows[0].name, campaignName: rows[0].campaign_name, hasLogin: rows[0].has_login };
}

/** The page stands open. @returns false when its link was taken back. */
export async function recordManagerPage(db: Db, { managerId, linkHash }: { managerId: string; linkHash: string }): Promise<boolean> {
  return (await db('campaign_managers').where({ id: managerId, link_hash: linkHash }).update({ page_seen_at: db.fn.now() })) === 1;
}

/** The page is closed: no contact waits for it. */
export async function forgetManagerPage(db: Db, { managerId, linkHash }: { managerId: string; linkHash: string }): Promise<void> {
  await db('campaign_managers').where({ id: managerId, link_hash: linkHash }).update({ page_seen_at: null });
}

/** Which of these managers' pages do not stand open. */
export async function listAbsentPages(db: Db, { managerIds, silentMs }: { managerIds: readonly string[]; silentMs: number }): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select x.id::text from unnest(:managerIds::bigint[]) as x(id)
       left join campaign_managers m on m.id = x.id and m.page_seen_at > now() - :silentMs * interval '1 ms'
     where m.id is null`,
    { managerIds, silentMs } as never,
  );
  return rows.map((row) => row.id);
}
