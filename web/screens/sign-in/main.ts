import { render } from 'lit-html';
import type { SessionUser, SignedIn } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import { type FrameActions, type RoleScreen, switches } from '../../frame.ts';
import type { Offer } from '../../second-factor.ts';
import { accountProblem, ta } from '../../texts/account.ts';
import { errorText, t } from '../../texts/texts.ts';
import { emptySignIn, missingOf, waitText, type SignInPage } from './state.ts';
import { signInView } from './view.ts';

export function openSignIn(root: HTMLElement, api: Api, frame: FrameActions, onSignedIn: (user: SessionUser) => void): RoleScreen {
  let page: SignInPage = emptySignIn;
  const update = (change: Partial<SignInPage>) => { page = { ...page, ...change }; draw(); };
  const focus = (id: string) => document.getElementById(id)?.focus();
  const draw = () => {
    document.title = `${t.signIn.title} · ${t.brand}`;
    render(signInView(page, { submit: (form) => void submit(form), code: (code) => void enter(code), startOver: () => update(emptySignIn), copied: () => update({ copied: true }), kept: onSignedIn, show: () => update({ shown: !page.shown }) }, switches(frame)), root);
  };

  const submit = async (form: HTMLFormElement) => {
    if (page.busy) return;
    const given = new FormData(form);
    const email = String(given.get('email') ?? '');
    const password = String(given.get('password') ?? '');
    const missing = missingOf(email, password);
    update({ missing, problem: null });
    if (missing) return focus(missing);
    update({ busy: true });
    try {
      const answer = await api.post<SignedIn>('/sessions', { email: email.trim(), password });
      if (answer.user !== null) return onSignedIn(answer.user);
      update({ ...emptySignIn, step: answer.secondStep === 'code' ? { kind: 'code' } : { kind: 'enrol', offer: null } });
      if (answer.secondStep === 'enrol') update({ step: { kind: 'enrol', offer: await api.post<Offer>('/sessions/totp/enrolment') } });
      focus('code');
    } catch (thrown) {
      const error = asApiError(thrown);
      const problem = error.status === 401 || error.status === 400 || error.status === 422 ? t.signIn.wrong : error.status === 429 ? waitText(error) : errorText(error.code, error.message);
      update({ ...emptySignIn, problem });
      focus('password');
    }
  };

  const enter = async (code: string) => {
    if (page.busy) return;
    if (code === '') {
      update({ problem: ta().step.codeMissing });
      return focus('code');
    }
    update({ busy: true, problem: null });
    try {
      const { user, recoveryCodes } = await api.post<{ user: SessionUser; recoveryCodes: readonly string[] | null }>('/sessions/totp', { code });
      if (recoveryCodes === null) return onSignedIn(user);
      update({ busy: false, copied: false, step: { kind: 'codes', codes: recoveryCodes, user } });
      focus('content');
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.code === 'signInFirst') return update({ ...emptySignIn, problem: ta().step.tooLate });
      update({ busy: false, problem: error.status === 422 ? ta().refusals.wrongCode : error.status === 429 ? waitText(error) : accountProblem(error) });
      focus('code');
    }
  };
  const show = () => {
    draw();
    if (page.step.kind === 'password') focus('email');
  };
  return { show, render: draw, close: () => undefined };
}
