import type { Account } from '../../../domain/api.ts';
import { type Api, asApiError } from '../../api.ts';
import type { RoleContext, RoleScreen } from '../../frame.ts';
import type { Offer } from '../../second-factor.ts';
import { accountProblem, ta } from '../../texts/account.ts';
import { t } from '../../texts/texts.ts';
import { type AccountPage, emptyAccount, type Factor } from './state.ts';
import { accountView } from './view.ts';

/** The own account, the same for every role: password, second factor, sessions. */
export function open(context: RoleContext, api: Api): RoleScreen {
  let page: AccountPage = emptyAccount;
  let closed = false;
  const update = (change: Partial<AccountPage>) => { page = { ...page, ...change }; if (!closed) draw(); };
  const draw = () => {
    document.title = `${ta().account.title} · ${t.brand}`;
    context.draw(accountView(page, context, { changePassword, show: () => update({ password: { ...page.password, shown: !page.password.shown } }), prove, proven, confirm, leave, copied: () => update({ copied: true }), end, everywhere }));
  };
  const read = async () => {
    try {
      update({ account: await api.get<Account>('/account'), problem: null });
    } catch (thrown) {
      update({ problem: accountProblem(asApiError(thrown)) });
    }
  };
  /** One thing at a time; what is refused stands at its field. */
  const attempt = async (work: () => Promise<Partial<AccountPage>>, refused: (remedies: Record<string, string>) => Partial<AccountPage>) => {
    if (page.busy) return;
    update({ busy: true, problem: null });
    try {
      update({ busy: false, ...(await work()) });
    } catch (thrown) {
      const error = asApiError(thrown);
      const field = error.fields[0]?.field;
      update({ busy: false, ...(field === undefined ? { problem: accountProblem(error) } : refused({ [field]: accountProblem(error) })) });
      if (field !== undefined) document.getElementById(field)?.focus();
    }
  };
  const changePassword = (form: HTMLFormElement) => attempt(async () => {
    const given = new FormData(form);
    await api.post('/account/password', { current: String(given.get('current') ?? ''), next: String(given.get('next') ?? '') });
    form.reset();
    void read();
    return { password: { shown: false, changed: true, remedies: {} } };
  }, (remedies) => ({ password: { ...page.password, changed: false, remedies } }));

  const showFactor = (factor: Factor): Partial<AccountPage> => ({ factor, factorRemedies: {}, copied: false });
  const refusedFactor = (factorRemedies: Record<string, string>) => ({ factorRemedies });
  const prove = (what: 'turnOn' | 'turnOff' | 'newCodes') => update(showFactor({ kind: 'proving', what }));
  const leave = () => { update(showFactor({ kind: 'shown' })); void read(); };
  const proven = (what: 'turnOn' | 'turnOff' | 'newCodes', proof: { password: string; code: string }) => attempt(async () => {
    if (what === 'turnOn') return showFactor({ kind: 'enrol', offer: await api.post<Offer>('/account/totp', { password: proof.password }) });
    if (what === 'newCodes') return showFactor({ kind: 'codes', codes: (await api.post<{ recoveryCodes: string[] }>('/account/recovery-codes', proof)).recoveryCodes });
    await api.post('/account/totp/remove', proof);
    void read();
    return showFactor({ kind: 'shown' });
  }, refusedFactor);
  const confirm = (code: string) => attempt(async () => showFactor({ kind: 'codes', codes: (await api.post<{ recoveryCodes: string[] }>('/account/totp/confirm', { code })).recoveryCodes }), refusedFactor);

  const end = (id: string) => attempt(async () => { await api.delete(`/account/sessions/${id}`); void read(); return {}; }, () => ({}));
  const everywhere = () => attempt(async () => { await api.delete('/account/sessions'); context.onSignedOut(); return {}; }, () => ({}));
  return { show: () => { draw(); void read(); }, render: draw, close: () => { closed = true; } };
}
