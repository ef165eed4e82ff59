import type { Column } from '../../domain/spreadsheet/columns.ts';

/** In the file's order: jsonb keeps none, so the list's columns tell. */
export function orderedFields(fields: Readonly<Record<string, string>>, columns: readonly Column[] | null): { label: string; value: string }[] {
  const order = (columns ?? []).map(({ label }) => label);
  const place = (label: string) => (order.includes(label) ? order.indexOf(label) : order.length);
  return Object.entries(fields).map(([label, value]) => ({ label, value })).sort((a, b) => place(a.label) - place(b.label));
}
