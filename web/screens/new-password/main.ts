import { html, nothing, render, type TemplateResult } from 'lit-html';
import { type Api, asApiError } from '../../api.ts';
import { type FrameActions, type RoleScreen, switches } from '../../frame.ts';
import { phoneIcon } from '../../icons.ts';
import { newPasswordField } from '../../new-password-field.ts';
import { accountProblem, ta } from '../../texts/account.ts';
import { t } from '../../texts/texts.ts';

interface Page { readonly stage: 'form' | 'linkOver' | 'done'; readonly busy: boolean; readonly shown: boolean; readonly remedy: string | null; readonly problem: string | null }

/** @param token of the letter's link; null when it has none of the right shape. Whoever is signed in here is signed out with it. */
export function openNewPassword(root: HTMLElement, api: Api, frame: FrameActions, token: string | null, signedOut: () => void): RoleScreen {
  let page: Page = { stage: token === null ? 'linkOver' : 'form', busy: false, shown: false, remedy: null, problem: null };
  const update = (change: Partial<Page>) => { page = { ...page, ...change }; draw(); };
  const save = async (form: HTMLFormElement) => {
    if (page.busy) return;
    update({ busy: true, remedy: null, problem: null });
    try {
      await api.post('/passwords/reset', { token, password: String(new FormData(form).get('password') ?? '') });
      update({ busy: false, stage: 'done' });
      document.getElementById('content')?.focus();
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.code === 'linkOver') return update({ busy: false, stage: 'linkOver' });
      update(error.status === 422 ? { busy: false, remedy: accountProblem(error) } : { busy: false, problem: accountProblem(error) });
      document.getElementById('password')?.focus();
    }
  };
  const draw = () => {
    document.title = `${ta().fresh.title} · ${t.brand}`;
    render(html`
      <main class="sign-in" id="content" tabindex="-1">
        <span class="brand">${phoneIcon} ${t.brand}</span>
        ${page.stage === 'form' ? formOf(page, (form) => void save(form), () => update({ shown: !page.shown })) : page.stage === 'done' ? doneView(signedOut) : linkOverView()}
        <div>${switches(frame)}</div>
      </main>`, root);
  };
  return { show: draw, render: draw, close: () => undefined };
}

function formOf({ busy, shown, remedy, problem }: Page, save: (form: HTMLFormElement) => void, show: () => void): TemplateResult {
  const texts = ta().fresh;
  return html`
    <form class="card-x" novalidate @submit=${(event: SubmitEvent) => { event.preventDefault(); save(event.currentTarget as HTMLFormElement); }}>
      <h1>${texts.title}</h1>
      ${problem === null ? nothing : html`<p class="notice no" role="alert">${problem}</p>`}
      ${newPasswordField({ name: 'password', shown, remedy, show })}
      <button class="btn go" type="submit" aria-disabled=${busy ? 'true' : 'false'}>${busy ? t.loading : texts.save}</button>
    </form>`;
}

function doneView(signIn: () => void): TemplateResult {
  const texts = ta().fresh;
  return html`<section class="card-x stack" role="status"><h1>${texts.doneTitle}</h1><p>${texts.done}</p><button type="button" class="btn go" @click=${signIn}>${texts.signIn}</button></section>`;
}

function linkOverView(): TemplateResult {
  const texts = ta().fresh;
  return html`<section class="card-x stack"><h1>${texts.linkOverTitle}</h1><p>${texts.linkOver}</p><a class="btn go" href="/forgot-password">${texts.askAgain}</a></section>`;
}
