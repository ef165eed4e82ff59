import type { z } from 'zod';
import { refuse, type Refusal } from './answer.ts';

export type Validated = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal };

/** Checks input with its schema; a refusal names each bad field and its remedy. */
export function validate(schema: z.ZodType | undefined, value: unknown): Validated {
  if (!schema) return { ok: true, value: undefined };
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields = parsed.error.issues.map((issue) => ({ field: issue.path.map(String).join('.'), message: issue.message }));
  return { ok: false, refusal: refuse(422, 'invalid', 'Correct the fields that are named.', { fields }) };
}
