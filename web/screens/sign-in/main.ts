import { render } from 'lit-html';
import type { SessionUser } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import { type FrameActions, type RoleScreen, switches } from '../../frame.ts';
import { errorText, t } from '../../texts/texts.ts';
import { emptySignIn, missingOf, type SignInPage } from './state.ts';
import { signInView } from './view.ts';

export function openSignIn(root: HTMLElement, api: Api, frame: FrameActions, onSignedIn: (user: SessionUser) => void): RoleScreen {
  let page: SignInPage = emptySignIn;
  const update = (change: Partial<SignInPage>) => { page = { ...page, ...change }; draw(); };
  const draw = () => {
    document.title = `${t.signIn.title} · ${t.brand}`;
    render(signInView(page, (event) => { event.preventDefault(); void submit(event.currentTarget as HTMLFormElement); }, switches(frame)), root);
  };
  const submit = async (form: HTMLFormElement) => {
    if (page.busy) return;
    const given = new FormData(form);
    const email = String(given.get('email') ?? '');
    const password = String(given.get('password') ?? '');
    const missing = missingOf(email, password);
    update({ missing, problem: null });
    if (missing) return document.getElementById(missing)?.focus();
    update({ busy: true });
    try {
      const { user } = await api.post<{ user: SessionUser }>('/sessions', { email: email.trim(), password });
      onSignedIn(user);
    } catch (thrown) {
      const error = asApiError(thrown);
      const problem = error.status === 401 || error.status === 400 || error.status === 422 ? t.signIn.wrong : error.status === 429 ? t.errors.tooMany : errorText(error.code, error.message);
      update({ busy: false, problem });
      document.getElementById('password')?.focus();
    }
  };
  return { show: draw, render: draw, close: () => undefined };
}
