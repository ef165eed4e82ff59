import { html, nothing, type TemplateResult } from 'lit-html';
import type { CallRecordingSegment } from '../../../../domain/api.ts';
import { clock, day, timeOfDay } from '../../../format.ts';
import { language, t } from '../../../texts/texts.ts';
import { canPlay, type Listening, soundUrl } from './state.ts';

export interface ListeningActions { readonly choose: (id: string) => void; readonly ended: () => void; readonly broken: () => void; readonly close: () => void }

export const playerId = 'recording-player';

/** A native dialog with one native player; the segments in their order are its list. */
export function recordingDialog(listening: Listening | null, actions: ListeningActions): TemplateResult {
  return html`<dialog id="dialog-recording" aria-labelledby="recording-title" @close=${actions.close}>${listening === null ? nothing : content(listening, actions)}</dialog>`;
}

function content({ result, segments, chosen, plays, problem }: Listening, actions: ListeningActions): TemplateResult {
  const who = result.contactName === '' ? result.phone : result.contactName;
  return html`
    <h2 id="recording-title" class="word-break">${t.results.recording.title(who)}</h2>
    <p class="muted num">${day(result.at, language)}, ${timeOfDay(result.at, language)} · ${result.operatorName}</p>
    ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
    ${segments === null ? html`<p class="muted" role="status">${t.loading}</p>` : html`
      ${chosen === null ? nothing : html`<audio id=${playerId} class="player" controls preload="metadata" aria-label=${t.results.recording.player} src=${soundUrl(chosen)} ?autoplay=${plays} @ended=${actions.ended} @error=${actions.broken}></audio>`}
      <ol class="segments" aria-label=${t.results.recording.segments}>${segments.map((segment) => html`<li>${line(segment, segment.id === chosen, actions)}</li>`)}</ol>`}
    <div class="dialog-actions"><button type="button" class="btn" @click=${actions.close}>${t.close}</button></div>`;
}

function line(segment: CallRecordingSegment, isChosen: boolean, actions: ListeningActions): TemplateResult {
  const words = t.results.recording;
  const name = html`<b>${words.what[segment.what]}</b><span class="muted num">${words.from(clock(segment.offsetMs))}</span>`;
  if (canPlay(segment)) return html`<button type="button" class="segment" aria-pressed=${isChosen ? 'true' : 'false'} @click=${() => actions.choose(segment.id)}>${name}<span class="num end">${clock(segment.durationMs ?? 0)}</span></button>`;
  return html`<div class="segment silent">${name}<span class="end">${why(segment)}</span></div>`;
}

function why({ state, reason, erasedAt }: CallRecordingSegment): string {
  const words = t.results.recording;
  if (state === 'running') return words.running;
  if (state === 'erased') return erasedAt === null ? words.erased : words.erasedOn(day(erasedAt, language));
  return words.reasons[reason ?? ''] ?? words.notRecorded;
}
