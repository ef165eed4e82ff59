import type { ManagerTransfer, RingingTransfer, TransferHistoryItem, TransferStage } from '../../domain/api.ts';
import type { Call, InvitationState } from '../../domain/call/call.ts';
import type { Question } from '../../domain/campaign.ts';
import { firstNameOf } from '../../domain/first-name.ts';
import type { ManagerOutcome } from '../../domain/manager-outcome.ts';
import type { Column } from '../../domain/spreadsheet/columns.ts';
import { orderedFields } from './contact-fields.ts';
import type { Db } from './database.ts';

/** A link for a transfer that nobody accepted opens it this long. */
const unacceptedMs = 600_000;
/** After the call the manager still has this long to say what came of it. */
const afterwardsMs = 1_800_000;

interface Row {
  id: string; state: InvitationState; created_at: Date; settled_at: Date | null; now: Date; accepted: boolean; open: boolean; manager_id: string | null;
  call_id: string; switch_id: string; operator_id: string; campaign_id: string; machine: Call; ended_at: Date | null; handed_over_at: Date | null; manager_outcome: ManagerOutcome | null;
  campaign_name: string; operator_name: string; contact_name: string; company: string; city: string; e164: string; notes: string;
  answers: Record<string, string>; questions: Question[]; fields: Record<string, string>; columns: Column[] | null;
}

/** A transfer to one manager, as its page sees it, and where its requests go. */
export interface OpenTransfer {
  readonly transfer: ManagerTransfer; readonly callId: string; readonly switchId: string; readonly operatorId: string; readonly campaignId: string;
  /** When it was read, ms by PostgreSQL's clock. */
  readonly askedAt: number;
}

const select = `
  select t.id, t.state, t.created_at, t.settled_at, now() as now, t.manager_id, k.id as call_id, k.switch_id, k.operator_id, k.campaign_id, k.machine, k.ended_at, k.handed_over_at, k.manager_outcome,
    a.accepted, case when a.accepted then k.ended_at is null or k.ended_at > now() - :afterwardsMs * interval '1 ms' else t.created_at > now() - :unacceptedMs * interval '1 ms' end as open,
    p.name as campaign_name, u.name as operator_name, c.name as contact_name, c.company, c.city, k.e164, k.notes, k.answers, v.questions, c.fields, l.columns
  from transfers t
    join calls k on k.id = t.call_id
    join campaigns p on p.id = k.campaign_id
    join users u on u.id = k.operator_id
    join contacts c on c.id = k.contact_id
    left join lists l on l.id = c.list_id
    join script_versions v on v.campaign_id = k.campaign_id and v.version = k.script_version
    cross join lateral (select t.state in ('accepted','handedOver') or exists (select from leg_credentials x where x.transfer_id = t.id) as accepted) a`;

/** The transfer that a link was exchanged for, while it may be looked at. Before it is accepted it says campaign and first name only. */
export async function readOpenTransfer(db: Db, { transferId }: { transferId: string }): Promise<OpenTransfer | undefined> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${select} where t.id = :transferId`, { transferId, unacceptedMs, afterwardsMs });
  const row = rows[0];
  if (!row?.open) return undefined;
  return { transfer: toTransfer(row), callId: row.call_id, switchId: row.switch_id, operatorId: row.operator_id, campaignId: row.campaign_id, askedAt: row.now.getTime() };
}

/** What rings on a manager's page now. */
export async function findRinging(db: Db, { managerId }: { managerId: string }): Promise<{ now: Date; transfer: RingingTransfer | null }> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${select} where t.manager_id = :managerId and t.state = 'ringing' and k.ended_at is null order by t.created_at desc limit 1`,
    { managerId, unacceptedMs, afterwardsMs },
  );
  return { now: rows[0]?.now ?? new Date(), transfer: rows[0] ? toRinging(rows[0]) : null };
}

/** The contact whom this manager was given last, while they talk or nobody has said what came of it: a page that was loaded anew takes it up. */
export async function findUnjudged(db: Db, { managerId }: { managerId: string }): Promise<{ transferId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select t.id from transfers t join calls k on k.id = t.call_id
     where t.manager_id = :managerId and t.state = 'handedOver' and (k.ended_at is null or (k.manager_outcome is null and k.ended_at > now() - :afterwardsMs * interval '1 ms'))
     order by k.ended_at is null desc, t.created_at desc limit 1`,
    { managerId, afterwardsMs },
  );
  return rows[0] && { transferId: rows[0].id };
}

const toRinging = (row: Row): RingingTransfer => ({
  id: row.id, campaignName: row.campaign_name, firstName: firstNameOf(row.contact_name), operatorName: row.operator_name,
  onHoldSince: row.machine.holdSince === null ? row.created_at.toISOString() : new Date(row.machine.holdSince).toISOString(),
});

function toTransfer(row: Row): ManagerTransfer {
  const stage = stageOf(row);
  return {
    ...toRinging(row), now: row.now.toISOString(), stage, missedBecause: stage === 'missed' ? row.state : null,
    since: (row.settled_at ?? row.created_at).toISOString(), outcome: row.manager_outcome,
    contact: row.accepted ? {
      name: row.contact_name, company: row.company, city: row.city, phone: row.e164, notes: row.notes,
      answers: row.questions.flatMap(({ key, label }) => (row.answers[key] ? [{ label, value: row.answers[key] }] : [])),
      fields: orderedFields(row.fields, row.columns).filter(({ value }) => value !== ''),
    } : null,
  };
}

function stageOf(row: Row): TransferStage {
  if (row.state === 'handedOver') return row.ended_at !== null ? 'over' : row.machine.state === 'waitingManager' ? 'away' : 'handedOver';
  if (row.state === 'accepted') return row.machine.state === 'briefing' || row.machine.state === 'handingOver' ? 'briefing' : 'accepted';
  if (row.state !== 'ringing') return 'missed';
  return row.accepted ? 'accepted' : 'ringing';
}

/** What became of the contact whom this manager was given; the last word counts. @returns the campaign to tell, undefined when it was not given to them. */
export async function saveManagerOutcome(db: Db, { transferId, outcome }: { transferId: string; outcome: ManagerOutcome }): Promise<{ campaignId: string } | undefined> {
  const { rows } = await db.raw<{ rows: { campaign_id: string }[] }>(
    `update calls k set manager_outcome = :outcome, manager_outcome_at = now() from transfers t
     where t.id = :transferId and t.call_id = k.id and t.state = 'handedOver' returning k.campaign_id`,
    { transferId, outcome },
  );
  return rows[0] && { campaignId: rows[0].campaign_id };
}

/** Whether a transfer went to the manager of this login. */
export async function isOwnTransfer(db: Db, { transferId, userId }: { transferId: string; userId: string }): Promise<boolean> {
  return (await db('transfers as t').join('campaign_managers as m', 'm.id', 't.manager_id').where({ 't.id': transferId, 'm.user_id': userId }).first('t.id')) !== undefined;
}

interface HistoryRow {
  id: string; created_at: Date; campaign_name: string; manager_name: string; contact_name: string; e164: string; state: string; outcome: ManagerOutcome | null; callback_at: Date | null;
}

/** Transfers to the managers of this login, newest first; what rings now is not among them. */
export async function listManagerTransfers(db: Db, { userId, limit = 100 }: { userId: string; limit?: number }): Promise<TransferHistoryItem[]> {
  const { rows } = await db.raw<{ rows: HistoryRow[] }>(
    `select t.id, t.created_at, p.name as campaign_name, t.manager_name, c.name as contact_name, k.e164, t.state,
       case when t.state = 'handedOver' then k.manager_outcome end as outcome, case when t.state = 'later' then k.manager_callback_at end as callback_at
     from campaign_managers m
       join transfers t on t.manager_id = m.id
       join calls k on k.id = t.call_id
       join campaigns p on p.id = k.campaign_id
       join contacts c on c.id = k.contact_id
     where m.user_id = :userId and t.state not in ('ringing','accepted') order by t.created_at desc, t.id limit :limit`,
    { userId, limit },
  );
  return rows.map((row) => ({
    id: row.id, at: row.created_at.toISOString(), campaignName: row.campaign_name, managerName: row.manager_name, contactName: row.contact_name, phone: row.e164, state: row.state,
    handedOver: row.state === 'handedOver', missed: row.state !== 'handedOver' && row.state !== 'taken', outcome: row.outcome, callbackAt: row.callback_at?.toISOString() ?? null,
  }));
}
