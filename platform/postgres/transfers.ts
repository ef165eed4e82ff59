import type { InvitationState } from '../../domain/call/call.ts';
import type { CallCommand } from '../../domain/call/command.ts';
import type { Db } from './database.ts';

/** A manager who cannot take the contact now asks for a call this much later. */
export const managerCallbackMs = 900_000;

type Invitation = Extract<CallCommand, { type: 'InviteManager' | 'RecordInvitation' }>;
export const isAboutInvitation = (command: CallCommand): command is Invitation => command.type === 'InviteManager' || command.type === 'RecordInvitation';

/** Writes what one step of a call did to the transfers to its managers. Part of the step's transaction. */
export async function applyInvitations(trx: Db, { callId, at, invitations }: { callId: string; at: number; invitations: readonly Invitation[] }): Promise<void> {
  for (const invitation of invitations) {
    if (invitation.type === 'InviteManager') await insertTransfer(trx, { callId, at, ...invitation });
    else await settleTransfer(trx, { callId, at, ...invitation });
  }
}

/** A manager who was taken off the campaign meanwhile leaves a row without one: the call keeps what became of it. */
async function insertTransfer(trx: Db, row: { callId: string; at: number; transfer: string; manager: string; kind: string }): Promise<void> {
  await trx.raw(
    `insert into transfers (id, customer_id, call_id, manager_id, manager_name, kind, created_at)
     select :transfer, k.customer_id, k.id, m.id, coalesce(m.name, ''), :kind, to_timestamp(:at::double precision / 1000)
     from calls k left join campaign_managers m on m.id = :manager and m.campaign_id = k.campaign_id where k.id = :callId
     on conflict (id) do nothing`,
    row,
  );
}

async function settleTransfer(trx: Db, row: { callId: string; at: number; transfer: string; state: InvitationState }): Promise<void> {
  await trx.raw(
    `with settled as (
       update transfers set state = :state, settled_at = to_timestamp(:at::double precision / 1000) where id = :transfer and call_id = :callId returning call_id)
     update calls k set manager_callback_at = to_timestamp((:at::double precision + :managerCallbackMs) / 1000)
     from settled s where k.id = s.call_id and :state::text = 'later'`,
    // To the manager it is one that did not come about; the operator and the call's record have the reason.
    { ...row, state: row.state === 'notAllowed' ? 'failed' : row.state === 'notOpen' ? 'noAnswer' : row.state, managerCallbackMs },
  );
}
