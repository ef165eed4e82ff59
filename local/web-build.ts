import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ending, launch } from './processes.ts';

const stampName = '.sources';

/** Builds `web/dist` when the sources are not those that it was built from. @returns whether it had to. */
export async function buildWeb(houseDir: string, say: (line: string) => void): Promise<boolean> {
  const dist = join(houseDir, 'web', 'dist');
  const hash = await hashSources(houseDir);
  if (readStamp(join(dist, stampName)) === hash) return false;
  say('building the web pages');
  // Made aside: whoever is being served meanwhile keeps whole pages.
  const making = join(houseDir, 'web', `dist-${process.pid}`);
  const old = `${making}-old`;
  try {
    await runVite(houseDir, making);
    writeFileSync(join(making, stampName), hash);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(making, dist);
  } finally {
    for (const path of [making, old]) rmSync(path, { recursive: true, force: true });
  }
  return true;
}

async function runVite(houseDir: string, outDir: string): Promise<void> {
  const args = [join(houseDir, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', join(houseDir, 'web'), '-c', join(houseDir, 'web', 'vite.config.ts'), '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'];
  const child = await launch(process.execPath, args, { cwd: houseDir, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  const how = await ending(child).finally(() => process.off('exit', stop));
  if (how !== 0) throw new Error(`the web pages could not be built:\n${output}`);
}

function readStamp(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function hashSources(houseDir: string): Promise<string> {
  const hash = createHash('sha256');
  const files = [...(await filesIn(join(houseDir, 'web'))), ...(await filesIn(join(houseDir, 'domain'))), join(houseDir, 'package-lock.json')];
  for (const path of files.sort()) hash.update(relative(houseDir, path)).update('\0').update(await readFile(path)).update('\0');
  return hash.digest('hex');
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^dist(-|$|[/\\])/.test(relative(directory, path)));
}
