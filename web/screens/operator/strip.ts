import { html, nothing, type TemplateResult } from 'lit-html';
import { clock, shortClock } from '../../format.ts';
import { liveIcon, meter, musicIcon, warningIcon } from '../../icons.ts';
import { t } from '../../texts/texts.ts';
import type { Send } from './intentions.ts';
import { apartOf, heldElsewhere, type OperatorPage, sinceMs, stageOf, type Strip, stripOf, talkingForMs, untilMs } from './state.ts';

/** The one line that says how things stand: the strip, the tab's title and the words that `R` speaks are made of it. */
export interface Status { readonly strip: Strip; readonly label: string; readonly time: string | null; readonly detail: string | null }

export function statusOf(page: OperatorPage): Status {
  const stage = stageOf(page);
  const strip = stripOf(page);
  const call = page.cockpit?.call ?? null;
  if (strip === 'trouble') return { strip, label: troubleText(page), time: call?.answeredAt && !call.endedAt ? clock(talkingForMs(page, call)) : null, detail: null };
  if (call && stage === 'transfer') {
    const state = apartOf(call);
    const label = state === 'ringing' ? t.operator.stage.managerRinging : t.operator.stage[state];
    return { strip, label, time: null, detail: strip === 'wait' ? t.operator.hearsMusic(call.onHoldSince ? shortClock(sinceMs(page, call.onHoldSince)) : '') : null };
  }
  if (call && stage === 'during') return { strip, label: call.state === 'ending' ? t.operator.stage.ending : t.operator.stage.during, time: clock(talkingForMs(page, call)), detail: null };
  if (call && stage === 'dialling') return { strip, label: call.state === 'ringing' ? t.operator.stage.ringing : call.state === 'ending' ? t.operator.stage.ending : t.operator.stage.dialling, time: clock(sinceMs(page, call.startedAt)), detail: null };
  if (call && stage === 'after') return { strip, label: t.operator.stage.after, time: page.cockpit?.wrapUp ? shortClock(untilMs(page, page.cockpit.wrapUp.until)) : null, detail: endedHow(page) };
  const going = page.phone.name !== 'idle' && page.phone.name !== 'up' && page.phone.name !== 'down';
  if (going) return { strip, label: t.operator.line[page.phone.name as 'connecting'], time: null, detail: null };
  return { strip, label: stage === 'offLine' && heldElsewhere(page) ? t.operator.line.elsewhere : t.operator.stage[stage as 'before'], time: null, detail: null };
}

function endedHow(page: OperatorPage): string {
  const call = page.cockpit?.call;
  if (!call) return '';
  if (call.answeredAt === null) return t.operator.cause[call.hangupCause ?? ''] ?? t.operator.notAnswered;
  const handedOver = call.outcome === 'handedOver' || call.transfer?.state === 'handedOver' ? ` · ${t.operator.stage.handedOver}` : '';
  return t.operator.talked(clock(call.talkMs > 0 ? call.talkMs : talkingForMs(page, call))) + handedOver;
}

function troubleText(page: OperatorPage): string {
  if (page.phone.name === 'reconnecting') return page.phone.lost === 'media' ? t.operator.line.lostMedia : t.operator.line.lostSignalling;
  return page.server === 'lost' ? t.operator.line.serverLost : page.phone.name === 'down' ? t.operator.line.down[page.phone.reason] : '';
}

export function titleOf(page: OperatorPage): string {
  const status = statusOf(page);
  const sign = { plain: '', live: '● ', wait: '♪ ', trouble: '⚠ ' }[status.strip];
  const name = page.cockpit?.call ? page.cockpit.contact?.name ?? '' : '';
  return `${sign}${[status.time, status.label, status.strip === 'wait' ? status.detail : null, name].filter((part) => part !== null && part !== '').join(' · ')} – ${t.brand}`;
}

export function spokenStatus(page: OperatorPage): string {
  const status = statusOf(page);
  const microphone = page.phone.name === 'up' ? (page.muted ? t.operator.microphoneOff : t.operator.microphoneOn) : t.operator.line[page.phone.name === 'down' ? 'idle' : page.phone.name];
  return [status.label, status.time, status.detail, page.cockpit?.contact?.name, microphone].filter((part) => typeof part === 'string' && part !== '').join(', ');
}

export function stripView(page: OperatorPage, send: Send): TemplateResult {
  const status = statusOf(page);
  const stage = stageOf(page);
  const call = page.cockpit?.call ?? null;
  const contact = page.cockpit?.contact ?? null;
  const inTalk = stage === 'during' || stage === 'transfer' || stage === 'dialling';
  return html`
    <section class="strip ${status.strip}" aria-label=${status.label}>
      ${status.strip === 'live' ? liveIcon : status.strip === 'wait' ? musicIcon : status.strip === 'trouble' ? warningIcon : nothing}
      <span class="strip-label">${status.label}</span>
      ${status.time === null ? nothing : html`<span class="strip-time num">${status.time}</span>`}
      ${stage === 'after' ? moreTime(page, send) : nothing}
      ${stage === 'during' && call?.limitAt ? html`<span class="pill num hide-phone">${limitText(page, call.limitAt)}</span>` : nothing}
      ${status.strip === 'wait' ? html`<span class="pill num">${status.detail}</span>` : nothing}
      ${inTalk && !heldElsewhere(page) ? html`<span class="pill ${page.muted ? 'off' : ''}"><span class="hide-phone">${page.muted ? t.operator.microphoneOff : t.operator.microphoneOn}</span><span class="only-phone">${page.muted ? t.operator.microphoneOff : t.operator.mic}</span> ${page.muted ? nothing : meter(page.level, 5)}</span>` : nothing}
      ${status.strip === 'trouble' && page.phone.name === 'down' && stage !== 'offLine' ? html`<button type="button" class="btn slim" @click=${() => send({ kind: 'goOnLine' })}>${t.operator.line.again}</button>` : nothing}
      <span class="strip-end word-break">${stage === 'after' ? status.detail : stage === 'before' || inTalk ? [contact?.name, contact?.company].filter((part) => part).join(' · ') : page.cockpit?.campaign?.name ?? ''}</span>
    </section>`;
}

/** In the last minute the words change, long before the call is cut. */
function limitText(page: OperatorPage, limitAt: string): string {
  const leftMs = untilMs(page, limitAt);
  const call = page.cockpit?.call;
  return leftMs < 60_000 || !call?.answeredAt ? t.operator.limitIn(shortClock(leftMs)) : t.operator.limit(clock(Date.parse(limitAt) - Date.parse(call.answeredAt)));
}

/** The countdown's two buttons, in the strip and in a dialog that covers it. */
export function moreTime(page: OperatorPage, send: Send): unknown {
  const wrapUp = page.cockpit?.wrapUp;
  if (!wrapUp) return nothing;
  return html`
    <button type="button" class="btn slim" ?disabled=${wrapUp.extensionsLeft <= 0} title=${t.operator.extensionsLeft(wrapUp.extensionsLeft)} @click=${() => send({ kind: 'moreTime' })}>${t.operator.plus30}</button>
    <button type="button" class="btn slim" @click=${() => send({ kind: 'noCountdown' })}>${t.operator.noCountdown}</button>`;
}
