import { html } from 'lit-html';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { ta } from '../../texts/account.ts';
import { t } from '../../texts/texts.ts';

/** The moderator's start page. */
export function open(context: RoleContext): RoleScreen {
  const draw = () => {
    const texts = ta();
    document.title = `${texts.moderator.title} · ${t.brand}`;
    context.draw(html`
      ${bar('/moderator', [{ path: '/moderator', label: texts.moderator.title, current: true }], context.frame)}
      <main class="page" id="content" tabindex="-1">
        <div class="page-head"><div><h1>${context.user.name}</h1><p class="muted">${texts.moderator.text}</p></div></div>
        <section class="card-x stack"><h2>${texts.moderator.protection}</h2><p>${texts.account.factorObligatory}</p><div><a class="btn go" href="/account">${texts.account.title}</a></div></section>
      </main>`);
  };
  return { show: draw, render: draw, close: () => undefined };
}
