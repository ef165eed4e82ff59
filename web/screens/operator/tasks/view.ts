import { html, nothing, type TemplateResult } from 'lit-html';
import type { Task } from '../../../../domain/api.ts';
import { plainScript } from '../../../../domain/script.ts';
import { t } from '../../../texts/texts.ts';
import { noticeLine, practiceLine } from '../cockpit/parts.ts';
import type { Send } from '../intentions.ts';
import type { OperatorPage } from '../state.ts';

export function tasksView(page: OperatorPage, send: Send): TemplateResult {
  const { tasks } = page;
  return html`
    <div class="page">
      <h1>${t.operator.chooseTask}</h1>
      <p class="muted lead-line">${t.operator.chooseTaskText}</p>
      <div class="stack">
        ${noticeLine(page, send)}${practiceLine(page)}
        ${tasks === null ? html`<p role="status" class="muted">${t.loading}</p>` : tasks.length === 0 ? empty() : tasks.map((task, index) => taskCard(page, task, index, send))}
      </div>
    </div>`;
}

const empty = (): TemplateResult => html`<section class="card-x empty"><h2>${t.operator.noTasks}</h2><p class="muted">${t.operator.noTasksText}</p></section>`;

function taskCard(page: OperatorPage, task: Task, index: number, send: Send): TemplateResult {
  const taken = page.cockpit?.campaign?.id === task.id;
  const inCall = page.cockpit?.call !== null && page.cockpit !== null;
  const primary = taken || (!page.cockpit?.campaign && index === 0);
  return html`
    <article class="card-x task">
      <div class="task-text">
        <h2><span class="word-break">${task.name}</span> <span class="chip">${task.language.toUpperCase()}</span></h2>
        <p class="muted task-preview">${plainScript(task.scriptPreview)}</p>
        <p class="small muted">${[t.operator.contactsLeft(task.contactsLeft), task.operatorsCalling > 0 ? t.operator.operatorsCalling(task.operatorsCalling) : '', task.hasManager ? t.operator.withManager : ''].filter((part) => part !== '').join(' · ')}</p>
      </div>
      <div class="task-act">
        ${taken
          ? html`<a class="btn go" href="/operator/call">${t.operator.toCall}</a><button type="button" class="btn quiet" ?disabled=${inCall} @click=${() => send({ kind: 'leaveTask' })}>${t.operator.leaveTask}</button>`
          : html`<button type="button" class="btn ${primary ? 'go' : ''}" ?disabled=${inCall} aria-busy=${page.pending === `take ${task.id}` ? 'true' : nothing} @click=${() => send({ kind: 'take', campaignId: task.id })}>${t.operator.take}<span class="visually-hidden">: ${task.name}</span>${index < 9 ? html` <kbd aria-hidden="true">${index + 1}</kbd>` : nothing}</button>`}
      </div>
    </article>`;
}
