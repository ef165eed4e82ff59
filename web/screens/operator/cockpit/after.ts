import { html, nothing, type TemplateResult } from 'lit-html';
import type { CockpitContact } from '../../../../domain/api.ts';
import { t } from '../../../texts/texts.ts';
import type { Send } from '../intentions.ts';
import type { OperatorPage } from '../state.ts';
import { act, contactCard, notesCard, questionFields } from './parts.ts';
import { shown } from './transfer.ts';

export function afterView(page: OperatorPage, contact: CockpitContact | null, send: Send): TemplateResult {
  const campaign = page.cockpit?.campaign;
  const answers = page.draft?.answers ?? {};
  const questions = campaign?.questions ?? [];
  const others = questions.filter(({ required }) => !required);
  const told = others.map((question) => ({ label: question.label, value: shown(answers[question.key] ?? '') }));
  const paused = page.cockpit?.operator.state === 'paused';
  return html`
    ${contact ? contactCard(page, contact, told) : nothing}
    <section class="card-x script-card" id="script" tabindex="0" aria-label=${t.operator.howEnded}>
      <h2>${t.operator.howEnded}</h2>
      <p class="muted">${paused ? t.operator.pausedByCountdown : t.operator.howEndedText}</p>
      <div class="dispositions">${(campaign?.dispositions ?? []).map((disposition, index) => html`
        <button type="button" class="btn wide ${disposition.key === suggested(page) ? 'go' : ''}" aria-keyshortcuts=${String(index + 1)} aria-busy=${page.pending === `dispose ${disposition.key}` ? 'true' : nothing}
          @click=${() => send({ kind: 'dispose', key: disposition.key })}><span>${disposition.label}</span> <kbd aria-hidden="true">${index + 1}</kbd></button>`)}</div>
      ${questionFields(page, questions.filter(({ required }) => required), send, t.operator.questionsAfter)}
      ${others.length === 0 ? nothing : html`<details class="other-questions"><summary>${t.operator.otherQuestions}</summary>${questionFields(page, others, send, '')}</details>`}
    </section>
    ${page.draft ? notesCard(page.draft, send) : nothing}
    <div class="acts plain-acts">
      ${act(page.pauseAfter ? t.operator.pauseAfterOn : t.operator.pauseAfter, 'pause', { kind: 'pauseAfter' }, send, { pressed: page.pauseAfter })}
      ${act(t.operator.addContact, 'addContact', { kind: 'openAddContact' }, send)}
    </div>`;
}

/** Only where the exchange itself knows how it ended. */
function suggested(page: OperatorPage): string | null {
  const call = page.cockpit?.call;
  if (call?.outcome !== 'handedOver' && call?.transfer?.state !== 'handedOver') return null;
  return page.cockpit?.campaign?.dispositions.find((disposition) => disposition.meaning === 'success')?.key ?? null;
}
