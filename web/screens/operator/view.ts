import { html, nothing, type TemplateResult } from 'lit-html';
import { bar, type FrameActions } from '../../frame.ts';
import { clock } from '../../format.ts';
import { meter } from '../../icons.ts';
import { isOnLine, qualityBars } from '../../softphone/state.ts';
import { keyLabel } from '../../shortcuts/table.ts';
import { t } from '../../texts/texts.ts';
import { cockpitView } from './cockpit/view.ts';
import { dialogs } from './dialogs.ts';
import { intentionOfKey, type Send } from './intentions.ts';
import { heardQuality, heldElsewhere, type OperatorPage, stageOf } from './state.ts';
import { stripView } from './strip.ts';
import { tasksView } from './tasks/view.ts';

export function operatorView(page: OperatorPage, frame: FrameActions, send: Send): TemplateResult {
  const tabs = [
    { path: '/operator/tasks', label: t.operator.tasks, current: page.tab === 'tasks' },
    { path: '/operator/call', label: t.operator.call, current: page.tab === 'call' },
  ];
  const inCall = ['dialling', 'during', 'transfer', 'after'].includes(stageOf(page));
  return html`
    <div class="operator ${inCall && page.tab === 'call' ? 'in-call' : ''}">
      ${bar('/operator', tabs, frame, barEnd(page, inCall, send))}
      ${stripView(page, send)}
      <main id="content" tabindex="-1">${page.tab === 'tasks' ? tasksView(page, send) : html`${cockpitView(page, send)}${keyLine(page, send)}`}</main>
      ${dialogs(page, send)}
    </div>`;
}

function barEnd(page: OperatorPage, inCall: boolean, send: Send): TemplateResult {
  const today = page.cockpit?.today;
  const heard = heardQuality(page);
  const quality = t.operator.line.quality[heard ?? 'none'];
  return html`
    ${today ? html`<span class="num hide-phone">${t.operator.today(today.calls, clock(today.talkMs))}</span>` : nothing}
    ${page.phone.name === 'up' ? html`<span class="quality" title=${quality}>${meter(qualityBars(heard), 5)} <span class="hide-phone">${quality}</span></span>` : nothing}
    ${isOnLine(page.phone)
      ? html`<button type="button" class="btn quiet" ?disabled=${inCall} @click=${() => send({ kind: 'goOffLine' })}>${t.operator.line.goOffLine}</button>`
      : page.tab === 'tasks' ? html`<button type="button" class="btn quiet" @click=${() => send({ kind: 'goOnLine' })}>${heldElsewhere(page) ? t.operator.line.takeHere : t.operator.line.goOnLine}</button>` : nothing}`;
}

/** Only keys that do something now. */
function keyLine(page: OperatorPage, send: Send): TemplateResult {
  const hint = (keys: readonly string[], text: string) => html`<span>${keys.map((key) => html`<kbd>${key}</kbd> `)}${text}</span>`;
  const ifMeant = (verb: 'notes' | 'back' | 'pause', text: string) => (intentionOfKey(page, verb, '') === null ? nothing : hint([keyLabel(verb)], text));
  const pauses = { pause: t.operator.pause, resume: t.operator.goOn } as Record<string, string>;
  return html`
    <div class="key-line hide-phone">
      ${['loading', 'noTask'].includes(stageOf(page)) ? nothing : hint(['J', 'K'], t.operator.script)}${ifMeant('notes', t.operator.notes)}${ifMeant('back', t.operator.back)}${ifMeant('pause', pauses[intentionOfKey(page, 'pause', '')?.kind ?? ''] ?? t.operator.pauseAfter)}
      <button type="button" class="btn quiet slim" @click=${() => send({ kind: 'showKeys' })}><kbd>?</kbd> ${t.operator.allKeys}</button>
    </div>`;
}
