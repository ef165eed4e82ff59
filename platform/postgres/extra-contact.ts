import { nextInWindow } from '../../domain/calling-window.ts';
import { zoneOfContact } from '../../domain/time-zone.ts';
import type { Db } from './database.ts';

export interface ExtraContact {
  readonly operatorId: string; readonly campaignId: string; readonly e164: string; readonly extension?: string; readonly name: string; readonly note: string; readonly nowMs: number;
}
export type ExtraContactRefusal = 'alreadyInCampaign' | 'doNotCall';

interface CampaignRow { customer_id: string; time_zone: string; priority: number; window_from: string; window_to: string; window_days: number[]; dnc: boolean }

/** A contact that an operator heard of: queued for the others, never offered to who entered it. One transaction. */
export async function addExtraContact(db: Db, contact: ExtraContact): Promise<{ ok: true; id: string } | { ok: false; code: ExtraContactRefusal }> {
  return db.transaction(async (trx) => {
    const { operatorId, campaignId, e164 } = contact;
    const { rows } = await trx.raw<{ rows: CampaignRow[] }>(
      `select customer_id, time_zone, priority, window_from::text, window_to::text, window_days,
         exists (select from dnc_numbers d where d.e164 = :e164 and (d.customer_id is null or d.customer_id = p.customer_id)) as dnc
       from campaigns p where id = :campaignId`,
      { campaignId, e164 },
    );
    const campaign = rows[0];
    if (!campaign || campaign.dnc) return { ok: false, code: 'doNotCall' };
    const { customer_id } = campaign;
    const time_zone = zoneOfContact({ timeZone: '', city: '', e164 }, campaign.time_zone);
    const [made] = (await trx('contacts')
      .insert({ customer_id, campaign_id: campaignId, name: contact.name, time_zone, entered_by: operatorId, fields: JSON.stringify(contact.note ? { note: contact.note } : {}) })
      .returning('id')) as { id: string }[];
    const id = made?.id ?? '';
    const numbers = (await trx('contact_numbers')
      .insert({ contact_id: id, position: 0, campaign_id: campaignId, customer_id, e164, extension: contact.extension ?? null })
      .onConflict(['campaign_id', 'e164']).ignore().returning('contact_id')) as unknown[];
    // The number stays barred for whoever typed it, also where the contact was known already.
    await trx('operator_entered_numbers').insert({ operator_id: operatorId, e164 }).onConflict().ignore();
    if (numbers.length === 0) {
      await trx('contacts').where({ id }).delete();
      return { ok: false, code: 'alreadyInCampaign' };
    }
    const window = { from: campaign.window_from, to: campaign.window_to, days: campaign.window_days };
    await trx('call_queue').insert({
      contact_id: id, campaign_id: campaignId, customer_id, priority: campaign.priority, entered_by: operatorId,
      next_attempt_at: new Date(nextInWindow(contact.nowMs, time_zone, window)),
    });
    return { ok: true, id };
  });
}
