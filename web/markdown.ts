import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { fillIn, type ScriptColumns, splitPlaceholders } from '../domain/script.ts';
import { t } from './texts/texts.ts';

const allowedTags = ['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 'del', 'ul', 'ol', 'li', 'blockquote', 'code', 'pre', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** HTML in a script is text that the operator reads: it is never parsed, so nothing in it can be tried. */
const marked = new Marked({ async: false, gfm: true, breaks: true, renderer: { html: ({ text }) => escaped(text) } });

/**
 * The customer's Markdown, made safe, and only then filled in: text from a contact's row enters as text nodes, so neither
 * markup nor Markdown in it means anything.
 */
export function scriptContent(markdown: string, columns: ScriptColumns | null): DocumentFragment {
  const html = marked.parse(markdown, { async: false });
  const content = DOMPurify.sanitize(html, { ALLOWED_TAGS: allowedTags, ALLOWED_ATTR: [], RETURN_DOM_FRAGMENT: true });
  lowerHeadings(content);
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) if (text.data.includes('{')) text.replaceWith(...partsOf(text.data, columns));
  return content;
}

function partsOf(text: string, columns: ScriptColumns | null): (string | Node)[] {
  if (columns === null) return splitPlaceholders(text).map((part) => (part.kind === 'text' ? part.text : markedText('mark', 'column', `{${part.column}}`)));
  return fillIn(text, columns).map((part) => {
    if (part.kind === 'text') return part.text;
    return part.kind === 'value' ? markedText('mark', 'value', part.text) : markedText('mark', 'ask', t.operator.ask(part.column));
  });
}

function markedText(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The page has its own first and second level. */
function lowerHeadings(content: DocumentFragment): void {
  for (const heading of content.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const lowered = document.createElement('h3');
    lowered.append(...heading.childNodes);
    heading.replaceWith(lowered);
  }
}

/** The same element as long as nothing in it has changed: drawing four times a second costs nothing. */
export function scriptCache(): (markdown: string, columns: ScriptColumns | null, key: string) => HTMLElement {
  let last: { readonly key: string; readonly element: HTMLElement } | null = null;
  return (markdown, columns, key) => {
    if (last?.key === key) return last.element;
    const element = document.createElement('div');
    element.className = 'script';
    element.append(scriptContent(markdown, columns));
    last = { key, element };
    return element;
  };
}
