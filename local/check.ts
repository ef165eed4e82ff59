import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { houseDir } from './program.ts';
import { freshSchema } from './schema.ts';

const modules = join(houseDir, 'node_modules');
const schemaPath = join(houseDir, 'migrations', 'schema.sql');

/**
 * `npm run check`: types, lint, and the schema dump compared with migrations/schema.sql (`-- --write` writes it anew).
 * @returns the exit code
 */
export async function check(args: readonly string[] = []): Promise<number> {
  const write = args.includes('--write');
  const steps: readonly (readonly [string, () => Promise<number>])[] = [
    ['types', () => run(join(modules, 'typescript', 'bin', 'tsc'), ['-p', '.'])],
    ['types of the web pages', () => run(join(modules, 'typescript', 'bin', 'tsc'), ['-p', 'web', '--noEmit'])],
    ['lint', () => run(join(modules, 'eslint', 'bin', 'eslint.js'), ['.', '--max-warnings', '0'])],
    ['schema', () => compareSchema(write)],
  ];
  let failed = 0;
  for (const [name, step] of steps) {
    const ok = (await step()) === 0;
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}\n`);
    if (!ok) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

async function compareSchema(write: boolean): Promise<number> {
  const schema = await freshSchema();
  if (write) writeFileSync(schemaPath, schema);
  if (existsSync(schemaPath) && readFileSync(schemaPath, 'utf8') === schema) return 0;
  process.stdout.write('migrations/schema.sql is not what the migrations make. Look at the change, then: npm run check -- --write\n');
  return 1;
}

function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: houseDir, stdio: 'inherit' });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
