import { html, render } from 'lit-html';
import type { Role, SessionUser } from '../domain/api.ts';
import { type Api, createApi } from './api.ts';
import type { FrameActions, RoleContext, RoleScreen } from './frame.ts';
import { type Place, placeOf } from './place.ts';
import { type Go, startRouter } from './router.ts';
import { startLanguage, switchLanguage, t } from './texts/texts.ts';
import { applyTheme, currentTheme, nextTheme } from './theme.ts';

/** Each role's screens are a chunk of their own. */
const openers: Readonly<Record<string, () => Promise<{ open: (context: RoleContext, api: Api) => RoleScreen }>>> = {
  operator: () => import('./screens/operator/main.ts'),
  customer: () => import('./screens/customer/main.ts'),
  manager: () => import('./screens/manager/main.ts'),
  moderator: () => import('./screens/moderator/main.ts'),
  admin: () => import('./screens/admin/main.ts'),
  account: () => import('./screens/account/main.ts'),
};

const root = document.getElementById('page') as HTMLElement;
let user: SessionUser | null = null;
let screen: { readonly name: string; readonly part: RoleScreen } | null = null;
/** Only the newest place is shown when two are opened quickly. */
let opening = 0;

const api = createApi(signedOut);
applyTheme(currentTheme());
startLanguage();
const go: Go = startRouter((place) => void show(place));

const frame: FrameActions = {
  signOut: () => void api.delete('/session').catch(() => undefined).then(signedOut),
  switchLanguage: () => { switchLanguage(); screen?.part.render(); },
  switchTheme: () => { applyTheme(nextTheme(currentTheme())); screen?.part.render(); },
};

void start();

async function start(): Promise<void> {
  render(html`<p class="page muted" role="status">${t.loading}</p>`, root);
  try {
    user = (await api.get<{ user: SessionUser }>('/session')).user;
  } catch {
    user = null;
  }
  await show(placeOf(location.pathname));
}

/** A manager's link: the token stands in the fragment, where no server on the way and no log sees it. */
function linkToken(place: Place): string | null {
  return place.role === 'manager' ? (/^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1] ?? null) : null;
}

/** Pages that need nobody to be signed in. The letter's token stands in the fragment as well. */
async function openDoor(place: Place): Promise<boolean> {
  if (place.role === 'forgot-password') {
    const { openForgotPassword } = await import('./screens/forgot-password/main.ts');
    await openScreen('forgot-password', place, () => openForgotPassword(root, api, frame));
    return true;
  }
  if (place.role === 'new-password') {
    const { openNewPassword } = await import('./screens/new-password/main.ts');
    const token = /^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1] ?? null;
    const toSignIn = () => { user = null; go('/sign-in', 'replace'); };
    await openScreen(`new-password ${token ?? ''}`, place, () => openNewPassword(root, api, frame, token, toSignIn));
    return true;
  }
  return false;
}

async function show(place: Place): Promise<void> {
  const token = linkToken(place);
  if (token !== null) {
    const { openManagerPage } = await import('./screens/manager/page/main.ts');
    return openScreen(`manager ${token}`, place, () => openManagerPage((content) => render(content, root), frame, token));
  }
  if (await openDoor(place)) return;
  if (!user) {
    if (place.role !== 'sign-in') return go('/sign-in', 'replace');
    const { openSignIn } = await import('./screens/sign-in/main.ts');
    return openScreen('sign-in', place, () => openSignIn(root, api, frame, signedIn));
  }
  if (place.role !== user.role && place.role !== 'account') return go(`/${user.role}`, 'replace');
  const present = user;
  await openScreen(place.role, place, async () => {
    const opener = openers[place.role];
    const { open } = await (opener as NonNullable<typeof opener>)();
    return open({ user: present, draw: (content) => render(content, root), go, frame, onSignedOut: signedOut }, api);
  });
}

async function openScreen(name: string, place: Place, open: () => RoleScreen | Promise<RoleScreen>): Promise<void> {
  const mine = (opening += 1);
  if (screen?.name !== name) {
    const part = await open();
    if (mine !== opening) return part.close();
    screen?.part.close();
    screen = { name, part };
  }
  screen.part.show(place.rest);
}

function signedIn(by: SessionUser): void {
  user = by;
  go(homeOf(by.role), 'replace');
}

function signedOut(): void {
  if (!user) return;
  user = null;
  go('/sign-in', 'replace');
}

function homeOf(role: Role): string {
  return `/${role}`;
}
