import { html } from 'lit-html';
import { bar, type RoleContext, type RoleScreen } from '../../frame.ts';
import { t } from '../../texts/texts.ts';

/** Roles whose screens are not built. */
export function open(context: RoleContext): RoleScreen {
  const draw = () => {
    document.title = `${t.roles[context.user.role]} · ${t.brand}`;
    context.draw(html`
      ${bar(`/${context.user.role}`, [], context.frame)}
      <main class="page" id="content" tabindex="-1"><div class="card-x empty"><h1>${t.absent.title}</h1><p class="muted">${t.absent.text}</p></div></main>`);
  };
  return { show: draw, render: draw, close: () => undefined };
}
