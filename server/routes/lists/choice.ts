import { z } from 'zod';
import { columnUses, faultOf, mappingFaults } from '../../../domain/spreadsheet/mapping.ts';
import { badField, type Refusal } from '../../http/answer.ts';
import { validate } from '../../http/validate.ts';
import type { LayoutChoice } from '../../imports/outcome.ts';

const mapping = z.array(z.enum(columnUses, 'one of the uses of a column')).max(100, 'at most 100 columns');
/** Where the rows are guessed from; a header further down is none. */
const lowestHeader = 50;
const headerRow = z.coerce.number('a number from 0 to 50').int().min(0, 'at least 0').max(lowestHeader, 'at most 50');

/** What a person says about a file. `progress`: a UUID of the page's choice, to ask how far the reading is. */
export const choiceSchema = z.object({ sheet: z.string().max(200).optional(), headerRow: headerRow.optional(), mapping: mapping.optional(), progress: z.uuid().optional() });
export type Choice = z.output<typeof choiceSchema>;

/** The same as fields of a form, where the mapping is JSON. */
export const choiceFields = choiceSchema.extend({ mapping: z.string().transform(parsed).pipe(mapping).optional() });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function readFields(fields: Readonly<Record<string, string>>): Choice | Refusal {
  const read = validate(choiceFields, fields);
  return read.ok ? (read.value as Choice) : read.refusal;
}

/** Refused when nobody could read a list by it. */
export function layoutOf({ sheet, headerRow: row, mapping: uses }: Choice): LayoutChoice | Refusal {
  const fault = uses === undefined ? undefined : faultOf(uses);
  if (fault !== undefined) return badField('mapping', mappingFaults[fault]);
  return { ...(sheet === undefined ? {} : { sheet }), ...(row === undefined ? {} : { headerRow: row }), ...(uses === undefined ? {} : { mapping: uses }) };
}
