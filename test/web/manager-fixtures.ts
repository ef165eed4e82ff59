import type { ManagerRinging, ManagerTransfer, RingingTransfer, TransferHistoryItem } from '../../domain/api.ts';
import type { StubExchange } from './stub-exchange.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

export const token = 'x'.repeat(43);
export const rings = (): RingingTransfer => ({ id: 't1', campaignName: 'Windows, spring', firstName: 'Anna', operatorName: 'Olga', onHoldSince: ago(12) });
export const transfer = (change: Partial<ManagerTransfer> = {}): ManagerTransfer => ({
  ...rings(), now: new Date().toISOString(), stage: 'briefing', missedBecause: null, since: ago(34), outcome: null,
  contact: {
    name: 'Anna Petrova', company: 'ООО «Ромашка»', city: 'Kazan', phone: '+79161234010', notes: 'Two windows in spring, the price matters most. <img src=x onerror="window.stolen=1">\nHer husband decides with her.',
    answers: [{ label: 'How many windows', value: '2' }, { label: 'Decides alone', value: 'no' }], fields: [{ label: 'Source', value: 'Exhibition, autumn' }],
  },
  ...change,
});
export const history: readonly TransferHistoryItem[] = [
  { id: 't3', at: ago(300), campaignName: 'Windows, spring', managerName: 'Sergey', contactName: 'Oleg Gusev', phone: '+79161234012', state: 'later', handedOver: false, missed: true, outcome: null, callbackAt: ago(-600) },
  { id: 't2', at: ago(3_000), campaignName: 'Windows, spring', managerName: 'Sergey', contactName: 'Anna Petrova', phone: '+79161234010', state: 'handedOver', handedOver: true, missed: false, outcome: 'sold', callbackAt: null },
  { id: 't1', at: ago(90_000), campaignName: 'Windows, spring', managerName: 'Sergey', contactName: 'Константин Константинопольский-Задунайский', phone: '+79161234011', state: 'taken', handedOver: false, missed: false, outcome: null, callbackAt: null },
];

/** What a manager's page is answered before anything rings. */
export function waits(stub: StubExchange): void {
  stub.user = null;
  stub.answers.set('POST /manager/sessions', [201, { kind: 'inbox', managerName: 'Sergey', campaignName: 'Windows, spring', hasLogin: true, transferId: null }]);
  stub.ring({ now: new Date().toISOString(), transfer: null, token: null });
}
export const ringingNow = (): ManagerRinging => ({ now: new Date().toISOString(), transfer: rings(), token: 'y'.repeat(43) });
