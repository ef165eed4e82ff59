import { appendFileSync } from 'node:fs';

/** Leaves a measured figure in the file that FAULT_FIGURES names, for the README's table. */
export function figure(fault: string, what: string, ms: number): void {
  const path = process.env['FAULT_FIGURES'];
  if (path) appendFileSync(path, `${JSON.stringify({ fault, what, ms: Math.round(ms) })}\n`);
}
