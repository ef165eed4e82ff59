import { appendFileSync } from 'node:fs';

/** Leaves a measured figure (ms, or a count) in the file that FAULT_FIGURES names, for the README's table. */
export function figure(fault: string, what: string, value: number): void {
  const path = process.env['FAULT_FIGURES'];
  if (path) appendFileSync(path, `${JSON.stringify({ fault, what, value: Math.round(value) })}\n`);
}
