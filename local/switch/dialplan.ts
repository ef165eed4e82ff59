/**
 * freeswitch-conf/dialplan read as data, so that robots and operators' context are the same on both switches. Nothing in it
 * is evaluated: `${uuid}`, `${exchange_sounds}` and `${hold_music}` are the only words that mean something, by comparison.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Action { readonly application: string; readonly data: string }

export interface Extension {
  /** Which numbers it is for. */
  readonly expression: RegExp;
  readonly actions: readonly Action[];
}

const CONF = new URL('../../freeswitch-conf/', import.meta.url);
export const HOLD_MUSIC = '${hold_music}';

/** The file of a sound that the dialplan or an order names; `undefined` for anything but our own sounds. */
export function soundFile(name: string): string | undefined {
  const inside = name === HOLD_MUSIC ? 'music/hold.wav' : /^\$\{exchange_sounds\}\/([a-z0-9-]+\/[a-z0-9-]+\.wav)$/.exec(name)?.[1];
  return inside === undefined ? undefined : fileURLToPath(new URL(`sounds/${inside}`, CONF));
}

/** Extensions of one context, in their order; those that only prepare a channel (`continue`) are FreeSWITCH's own business. */
export function readContext(name: 'robots' | 'operators' | 'managers'): readonly Extension[] {
  const xml = readFileSync(new URL(`dialplan/${name}.xml`, CONF), 'utf8').replace(/<!--[\s\S]*?-->/g, '');
  return [...xml.matchAll(/<extension ([^>]*)>([\s\S]*?)<\/extension>/g)]
    .filter(([, attributes]) => !attributes?.includes('continue='))
    .map(([, , body = '']) => ({
      expression: new RegExp(/expression="([^"]*)"/.exec(body)?.[1] ?? ''),
      actions: [...body.matchAll(/<action application="([a-z_]+)"(?: data="([^"]*)")?/g)].map(([, application = '', data = '']) => ({ application, data })),
    }));
}
