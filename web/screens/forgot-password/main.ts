import { html, nothing, render, type TemplateResult } from 'lit-html';
import { type Api, asApiError } from '../../api.ts';
import { type FrameActions, type RoleScreen, switches } from '../../frame.ts';
import { phoneIcon } from '../../icons.ts';
import { accountProblem, ta } from '../../texts/account.ts';
import { language, t } from '../../texts/texts.ts';

interface Page { readonly busy: boolean; readonly problem: string | null; readonly missing: boolean; readonly sent: { readonly email: string; readonly delivery: 'mail' | 'folder' } | null }
const empty: Page = { busy: false, problem: null, missing: false, sent: null };

/** Asks for a letter; the answer is the same whether there is such an account or not. */
export function openForgotPassword(root: HTMLElement, api: Api, frame: FrameActions): RoleScreen {
  let page = empty;
  const update = (change: Partial<Page>) => { page = { ...page, ...change }; draw(); };
  const send = async (form: HTMLFormElement) => {
    if (page.busy) return;
    const email = String(new FormData(form).get('email') ?? '').trim();
    update({ missing: !email.includes('@'), problem: null });
    if (page.missing) return document.getElementById('email')?.focus();
    update({ busy: true });
    try {
      const { delivery } = await api.post<{ delivery: 'mail' | 'folder' }>('/passwords/forgotten', { email, language });
      update({ ...empty, sent: { email, delivery } });
      document.getElementById('content')?.focus();
    } catch (thrown) {
      update({ busy: false, problem: accountProblem(asApiError(thrown)) });
    }
  };
  const draw = () => {
    document.title = `${ta().forgotten.title} · ${t.brand}`;
    render(html`
      <main class="sign-in" id="content" tabindex="-1">
        <span class="brand">${phoneIcon} ${t.brand}</span>
        ${page.sent === null ? formOf(page, (form) => void send(form)) : sentView(page.sent, () => update(empty))}
        <div>${switches(frame)}</div>
      </main>`, root);
  };
  return { show: draw, render: draw, close: () => undefined };
}

function formOf({ busy, problem, missing }: Page, send: (form: HTMLFormElement) => void): TemplateResult {
  const texts = ta();
  return html`
    <form class="card-x" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); send(event.currentTarget as HTMLFormElement); }}>
      <h1>${texts.forgotten.title}</h1>
      <p class="muted">${texts.forgotten.text}</p>
      ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
      <div class="field">
        <label class="form-label" for="email">${texts.email}</label>
        <input class="form-control ${missing ? 'is-invalid' : ''}" id="email" name="email" type="email" autocomplete="username" aria-invalid=${missing ? 'true' : nothing} aria-describedby=${missing ? 'email-remedy' : nothing}>
        ${missing ? html`<div class="remedy" id="email-remedy">${texts.emailMissing}</div>` : nothing}
      </div>
      <button class="btn go" type="submit" aria-disabled=${busy ? 'true' : 'false'}>${busy ? t.loading : texts.forgotten.send}</button>
      <a class="small" href="/sign-in">${texts.back}</a>
    </form>`;
}

function sentView({ email, delivery }: NonNullable<Page['sent']>, again: () => void): TemplateResult {
  const texts = ta().forgotten;
  return html`
    <section class="card-x stack" role="status">
      <h1>${texts.sentTitle}</h1>
      <p class="word-break">${texts.sent(email)}</p>
      ${delivery === 'folder' ? html`<p class="notice">${texts.folder}</p>` : html`<p class="small muted">${texts.nothing}</p>`}
      <div class="row-acts"><a class="btn go" href="/sign-in">${ta().back}</a><button type="button" class="btn quiet" @click=${again}>${texts.again}</button></div>
    </section>`;
}
