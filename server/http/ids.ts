import { z } from 'zod';

/** A row's id: a bigint as text. */
export const rowId = z.string().regex(/^[1-9][0-9]{0,17}$/, 'an id is a number');
/** A call's id. */
export const callId = z.uuid('a call’s id is a UUID').transform((id) => id.toLowerCase());
/** A transfer's id. */
export const ofTransfer = z.object({ id: z.uuid('a transfer’s id is a UUID').transform((id) => id.toLowerCase()) });
export const ofRow = z.object({ id: rowId });
export const ofCall = z.object({ id: callId });
