import { html, nothing, type TemplateResult } from 'lit-html';
import { t } from '../../texts/texts.ts';
import type { Send } from './intentions.ts';
import type { OperatorPage } from './state.ts';

const kinds = ['browser', 'device', 'phone'] as const;

/** This browser, a SIP phone of one's own, or a telephone that the exchange rings. */
export function lineChoice(page: OperatorPage, send: Send): TemplateResult {
  const { choice } = page;
  return html`
    <div class="fields line-choice">
      <label class="d-block mb-2"><span>${t.operator.ownPhone.by}</span>
        <select class="form-select" id="line-kind" @change=${(event: Event) => send({ kind: 'chooseLine', choice: { ...choice, kind: (event.target as HTMLSelectElement).value as typeof choice.kind } })}>
          ${kinds.map((kind) => html`<option value=${kind} ?selected=${choice.kind === kind}>${t.operator.ownPhone.kinds[kind]}</option>`)}
        </select></label>
      ${choice.kind === 'phone' ? html`
        <label class="d-block mb-2"><span>${t.operator.ownPhone.number}</span>
          <input class="form-control" id="line-number" type="tel" autocomplete="tel" maxlength="60" .value=${choice.number} @input=${(event: Event) => send({ kind: 'chooseLine', choice: { ...choice, number: (event.target as HTMLInputElement).value } })}></label>
        <p class="muted">${t.operator.ownPhone.numberHelp}</p>` : nothing}
      ${choice.kind === 'device' ? devices(page, send) : nothing}
    </div>`;
}

function devices({ choice, devices: { list, made } }: OperatorPage, send: Send): TemplateResult {
  return html`
    ${list.length === 0 ? nothing : html`
      <label class="d-block mb-2"><span>${t.operator.ownPhone.device}</span>
        <select class="form-select" id="line-device" @change=${(event: Event) => send({ kind: 'chooseLine', choice: { ...choice, deviceId: (event.target as HTMLSelectElement).value } })}>
          ${list.map(({ id, name, username }) => html`<option value=${id} ?selected=${choice.deviceId === id}>${name} · ${username}</option>`)}
        </select></label>`}
    ${made === null ? nothing : html`
      <dl class="plain-list"><dt>${t.operator.ownPhone.server}</dt><dd class="num word-break">${made.server}</dd><dt>${t.operator.ownPhone.user}</dt><dd class="num word-break">${made.username}</dd><dt>${t.operator.ownPhone.password}</dt><dd class="num word-break">${made.password}</dd>
        <dt>${t.operator.ownPhone.domain}</dt><dd class="num">${made.domain}</dd></dl><p class="muted">${t.operator.ownPhone.once}</p>`}
    <div class="pair"><button type="button" class="btn slim" @click=${() => send({ kind: 'makeDevice' })}>${t.operator.ownPhone.make}</button>
      ${list.length === 0 ? nothing : html`<button type="button" class="btn quiet slim" @click=${() => send({ kind: 'dropDevice' })}>${t.operator.ownPhone.drop}</button>`}</div>`;
}
