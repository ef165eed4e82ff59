/** The little of XML 1.0 that spreadsheets are written in: no DTD, no entities of their own. */

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Character data: entities and CDATA resolved, line ends as XML reads them. */
export function xmlText(raw: string): string {
  let text = raw;
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
  if (text.includes('<![CDATA[')) return text.split(/<!\[CDATA\[([\s\S]*?)\]\]>/).map((piece, index) => (index % 2 === 1 ? piece : resolve(piece))).join('');
  return resolve(text);
}

const resolve = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
        if (name !== undefined) return entities[name] ?? whole;
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd';
      })
    : text;

/** Spreadsheets write characters that XML cannot hold as `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
export const cellString = (raw: string): string => {
  const text = xmlText(raw);
  return text.includes('_x') ? text.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;
};

/** The value of an attribute in a tag's text, or undefined. `name` may be given without its prefix. */
export function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  const raw = value?.[1] ?? value?.[2];
  return raw === undefined ? undefined : xmlText(raw);
}

/** The tags of one name, their attributes included, whatever their prefix. */
export const tagsOf = (xml: string, name: string): string[] => xml.match(new RegExp(`<(?:[\\w.-]+:)?${name}(?=[\\s/>])[^>]*>`, 'g')) ?? [];
