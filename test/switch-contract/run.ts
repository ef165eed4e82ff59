/** Runs the contract suite and prints one line a switch: passed, failed, or skipped and why. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { switches } from './switches.ts';

interface Report { readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[] }

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'switch-contract-report-'));
const reportFile = path.join(folder, 'report.json');
const able = switches.filter((entry) => entry.missing() === undefined);
const run = able.length === 0 ? undefined : spawnSync(process.execPath, [
  path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/switch-contract', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`,
], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

const results = (): { fullName: string; status: string }[] => {
  try {
    return (JSON.parse(readFileSync(reportFile, 'utf8')) as Report).testResults.flatMap((file) => [...file.assertionResults]);
  } catch {
    return [];
  }
};

let failed = run !== undefined && run.status !== 0;
for (const entry of switches) {
  const missing = entry.missing();
  if (missing !== undefined) {
    console.log(`${entry.name}: skipped: ${missing}`);
    continue;
  }
  const own = results().filter(({ fullName }) => fullName.includes(entry.name));
  const passed = own.filter(({ status }) => status === 'passed').length;
  const broken = own.filter(({ status }) => status === 'failed').length;
  const skipped = own.length - passed - broken;
  const whole = passed > 0 && broken === 0;
  failed ||= !whole;
  console.log(`${entry.name}: ${whole ? 'passed' : 'failed'} (${passed} passed, ${broken} failed, ${skipped} skipped)`);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
