import { columnRoles, type Column, type ColumnRole } from './columns.ts';

/** What a person says that a column is. `phone` numbers are tried before `secondPhone` ones. */
export const columnUses = ['phone', 'secondPhone', ...columnRoles.filter((role) => role !== 'phone')] as const;
export type ColumnUse = ColumnRole | 'secondPhone';

/** Of a contact there is one each; of phones and shown columns there may be many. */
const many: ReadonlySet<ColumnUse> = new Set<ColumnUse>(['phone', 'secondPhone', 'field', 'leaveOut']);

/** What each guessed column would be, in the words of `columnUses`. */
export const usesOf = (columns: readonly Column[]): ColumnUse[] => {
  const first = columns.findIndex(({ role }) => role === 'phone');
  return columns.map(({ role }, at) => (role === 'phone' && at !== first ? 'secondPhone' : role));
};

/** By the column's place in the file; what is not named is left out. */
export type Mapping = readonly ColumnUse[];
export const mappingFaults = {
  noPhoneChosen: 'choose the column with the phone numbers',
  chosenTwice: 'two columns are said to be the same: choose one of them',
} as const;
export type MappingFault = keyof typeof mappingFaults;

/** Why no list can be read by this mapping; undefined when one can. */
export function faultOf(mapping: Mapping): MappingFault | undefined {
  if (!mapping.includes('phone') && !mapping.includes('secondPhone')) return 'noPhoneChosen';
  const single = mapping.filter((use) => !many.has(use));
  return new Set(single).size < single.length ? 'chosenTwice' : undefined;
}

/** The columns as they were chosen: phones in the order to try them, then the rest in the file's order. */
export function columnsBy(mapping: Mapping, columns: readonly Column[]): Column[] {
  const chosen = columns.map(({ index, label }) => ({ index, label, use: mapping[index] ?? 'leaveOut' }));
  const order = (use: ColumnUse): number => (use === 'phone' ? 0 : use === 'secondPhone' ? 1 : 2);
  return chosen.toSorted((a, b) => order(a.use) - order(b.use)).map(({ index, label, use }) => ({ index, label, role: use === 'secondPhone' ? 'phone' : use }));
}
