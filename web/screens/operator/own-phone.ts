import type { Api } from '../../api.ts';
import { idle, type PhoneState } from '../../softphone/state.ts';
import { readStored, writeStored } from '../../stored.ts';
import { language } from '../../texts/texts.ts';
import type { LineChoice, OperatorPage } from './state.ts';

const choiceKey = 'lineChoice';

export function readChoice(): LineChoice {
  try {
    const { kind, number, deviceId } = JSON.parse(readStored(choiceKey) ?? '{}') as Partial<LineChoice>;
    return { kind: kind === 'device' || kind === 'phone' ? kind : 'browser', number: typeof number === 'string' ? number : '', deviceId: typeof deviceId === 'string' ? deviceId : '' };
  } catch {
    return { kind: 'browser', number: '', deviceId: '' };
  }
}
export const keepChoice = (choice: LineChoice): void => writeStored(choiceKey, JSON.stringify(choice));

/** What ringing the operator's own phone needs of the page. */
export interface OwnPhoneNeeds {
  readonly api: Api;
  page(): OperatorPage;
  onState(phone: PhoneState): void;
  onRefusal(thrown: unknown): void;
}

/** The line of an operator whose voice goes by a phone of their own: the exchange rings it, the cockpit tells how it stands. */
export class OwnPhone {
  private readonly needs: OwnPhoneNeeds;
  constructor(needs: OwnPhoneNeeds) {
    this.needs = needs;
  }

  async goOnLine({ kind, number, deviceId }: LineChoice): Promise<void> {
    const { api, page, onState, onRefusal } = this.needs;
    onState({ name: 'connecting' });
    try {
      await api.post('/operator/phone/ring', { pageId: page().pageId, language, ...(kind === 'device' ? { deviceId } : { number }) });
    } catch (thrown) {
      onState(idle);
      onRefusal(thrown);
    }
  }

  goOffLine(): void {
    this.needs.onState(idle);
  }

  /** The cockpit was read: the leg is up, was not taken, or has gone. */
  seen(): void {
    const { cockpit, phone, pageId } = this.needs.page();
    if (!cockpit) return;
    const isUp = cockpit.line.legUp && cockpit.line.pageId === pageId;
    if (isUp && phone.name !== 'up') this.needs.onState({ name: 'up' });
    else if (phone.name === 'connecting' && cockpit.operator.state === 'offline') this.needs.onState({ name: 'down', reason: 'notTaken' });
    else if (phone.name === 'up' && !isUp) this.needs.onState({ name: 'down', reason: 'closed' });
  }
}
