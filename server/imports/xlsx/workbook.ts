import { RefusedFile } from '../outcome.ts';
import { attribute, cellString, tagsOf } from './xml.ts';
import { readPart, streamPart, type ZipParts } from './zip-parts.ts';

export interface Workbook {
  /** Those that are not hidden, in their order; all where all are. */
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  readonly sharedStrings: readonly string[];
  /** By the number of a cell's style: whether it shows its number as a date. */
  readonly dateStyles: readonly boolean[];
  /** Days are counted from 1904, as old Macs did. */
  readonly from1904: boolean;
}

/** What a workbook says outside its sheet (ECMA-376 part 1, 18). @throws RefusedFile */
export async function readWorkbook(file: Buffer, parts: ZipParts): Promise<Workbook> {
  const workbookPart = targetOf(relations(file, parts, ''), 'officeDocument');
  const workbook = workbookPart === undefined ? undefined : readPart(file, parts, workbookPart);
  if (workbookPart === undefined || workbook === undefined) throw new RefusedFile('damagedFile', 'no workbook');
  const related = relations(file, parts, workbookPart);
  const tags = tagsOf(workbook, 'sheet');
  const visible = tags.filter((tag) => (attribute(tag, 'state') ?? 'visible') === 'visible');
  const sheets = (visible.length > 0 ? visible : tags).flatMap((tag) => {
    const id = /\s[\w.-]+:id\s*=\s*["']([^"']*)["']/.exec(tag)?.[1];
    const relation = related.find((each) => each.id === id);
    // Sheets of charts and macros have no cells.
    return relation === undefined || !relation.type.endsWith('/worksheet') ? [] : [{ name: attribute(tag, 'name') ?? '', part: relation.target }];
  });
  if (sheets.length === 0) throw new RefusedFile('damagedFile', 'no sheet');
  const stringsPart = targetOf(related, 'sharedStrings');
  const stylesPart = targetOf(related, 'styles');
  return {
    sheets,
    sharedStrings: stringsPart !== undefined && parts.has(stringsPart.toLowerCase()) ? await readSharedStrings(streamPart(file, parts, stringsPart)) : [],
    dateStyles: readDateStyles((stylesPart === undefined ? undefined : readPart(file, parts, stylesPart)) ?? ''),
    from1904: tagsOf(workbook, 'workbookPr').some((tag) => /^(?:1|true)$/.test(attribute(tag, 'date1904') ?? '')),
  };
}

interface Relation { readonly id: string; readonly type: string; readonly target: string }

/** What a part refers to, targets as names of parts. The package itself is `''`. */
function relations(file: Buffer, parts: ZipParts, part: string): Relation[] {
  const folder = part.includes('/') ? part.slice(0, part.lastIndexOf('/') + 1) : '';
  const xml = readPart(file, parts, `${folder}_rels/${part.slice(folder.length)}.rels`) ?? '';
  return tagsOf(xml, 'Relationship').map((tag) => ({
    id: attribute(tag, 'Id') ?? '',
    type: attribute(tag, 'Type') ?? '',
    // A URL's path resolves `..` and leading slashes as the package's own rules do.
    target: decodeURIComponent(new URL(attribute(tag, 'Target') ?? '', `file:///${folder}`).pathname.slice(1)),
  }));
}

const targetOf = (related: readonly Relation[], type: string): string | undefined => related.find((relation) => relation.type.endsWith(`/${type}`))?.target;

/** With its runs and their looks; a cell's own text has 32,767 at most. */
const stringCharactersAtMost = 8_000_000;

/** One text for each `<si>`; phonetic hints (`<rPh>`) are no part of it. */
export async function readSharedStrings(pieces: AsyncIterable<string>): Promise<string[]> {
  const strings: string[] = [];
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    if (rest.length > stringCharactersAtMost) throw new RefusedFile('damagedFile', 'a string without end');
    let done = 0;
    const items = /<(?:[\w.-]+:)?si(?:\s[^>]*)?(?:\/>|>([\s\S]*?)<\/(?:[\w.-]+:)?si>)/g;
    for (let item = items.exec(rest); item !== null; item = items.exec(rest)) {
      strings.push(richText(item[1] ?? ''));
      done = items.lastIndex;
    }
    rest = rest.slice(done);
  }
  return strings;
}

const textTag = /<(?:[\w.-]+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:[\w.-]+:)?t>/g;

/** The `<t>` of an `<si>` or `<is>`, its runs joined. */
export function richText(inner: string): string {
  const spoken = inner.includes('rPh') ? inner.replace(/<(?:[\w.-]+:)?rPh[\s>][\s\S]*?<\/(?:[\w.-]+:)?rPh>/g, '') : inner;
  let text = '';
  for (const match of spoken.matchAll(textTag)) text += cellString(match[1] ?? '');
  return text;
}

/** Formats that the standard numbers itself (18.8.30): 14–22, 45–47 and the East Asian dates. */
const isBuiltInDate = (id: number): boolean => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

function readDateStyles(styles: string): boolean[] {
  const custom = new Map<number, boolean>();
  for (const tag of tagsOf(styles, 'numFmt')) {
    // Quoted text, escaped characters, colours and conditions are no date's letters; [h] counts hours and is.
    const code = (attribute(tag, 'formatCode') ?? '').replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
    custom.set(Number(attribute(tag, 'numFmtId')), /[ymdhs]/i.test(code.replace(/general/gi, '')));
  }
  const cellFormats = /<(?:[\w.-]+:)?cellXfs[\s>][\s\S]*?<\/(?:[\w.-]+:)?cellXfs>/.exec(styles)?.[0] ?? '';
  return tagsOf(cellFormats, 'xf').map((tag) => {
    const id = Number(attribute(tag, 'numFmtId') ?? 0);
    return custom.get(id) ?? isBuiltInDate(id);
  });
}
