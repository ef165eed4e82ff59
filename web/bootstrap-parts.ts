import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/**
 * Bootstrap's CSS is one file of 280 kB and ships its parts only as Sass. This keeps the rules whose selectors begin
 * with a class that our screens use, and drops what draws with a data: URL (the content security policy forbids them).
 */
const kept = ['.btn', '.form-control', '.form-select', '.form-check', '.form-label', '.form-text', '.table', '.visually-hidden', '.row-cols', '.alert'];
const dropped = ['.btn-close', '.btn-group', '.btn-toolbar', '.btn-outline', '.btn-check', '.form-control-color', '.form-control-plaintext', '.table-dark', '.table-striped', '.btn-link', '.alert-'];
const colours = /\.(?:btn|table)-(?:secondary|success|info|warning|danger|light|dark|primary)\b/;

export function bootstrapParts(): Plugin {
  return {
    name: 'bootstrap-parts',
    enforce: 'pre',
    load(id) {
      if (!id.split('?')[0]?.endsWith('/bootstrap-parts.css')) return null;
      const require = createRequire(import.meta.url);
      const whole = readFileSync(require.resolve('bootstrap/dist/css/bootstrap.css'), 'utf8');
      return { code: `@import 'bootstrap/dist/css/bootstrap-reboot.css';\n${keepRules(whole)}`, map: null, moduleType: 'css' };
    },
  };
}

export function keepRules(css: string): string {
  return topLevelRules(css.replace(/\/\*[\s\S]*?\*\//g, '')).flatMap(keepRule).join('\n');
}

function keepRule(rule: string): string[] {
  const brace = rule.indexOf('{');
  const selector = rule.slice(0, brace).trim();
  const body = rule.slice(brace + 1, rule.lastIndexOf('}'));
  if (selector.startsWith('@media')) {
    const inner = keepRules(body);
    return inner === '' ? [] : [`${selector}{${inner}}`];
  }
  if (selector.startsWith('@')) return [];
  const wanted = selector.split(',').some((part) => kept.some((start) => part.trim().startsWith(start)) && !dropped.some((start) => part.trim().startsWith(start)));
  if (!wanted || colours.test(selector)) return [];
  return [`${selector}{${body.replace(/[^;{}]*url\("data:[^"]*"\)[^;]*;/g, '')}}`];
}

function topLevelRules(css: string): string[] {
  const rules: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < css.length; at += 1) {
    if (css[at] === '"') at = css.indexOf('"', at + 1);
    else if (css[at] === '{') depth += 1;
    else if (css[at] === '}' && (depth -= 1) === 0) {
      rules.push(css.slice(from, at + 1).trim());
      from = at + 1;
    } else if (css[at] === ';' && depth === 0) from = at + 1;
  }
  return rules;
}
