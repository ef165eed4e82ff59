// What every npm script goes through: plain JavaScript on Node's own modules, since nothing is installed yet on a fresh clone.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const house = fileURLToPath(new URL('..', import.meta.url));
const [command = '', ...args] = process.argv.slice(2);
process.chdir(house);

demandNode();
if (command === 'start') await demandPort();
installPackages();
const run = {
  start: () => inProcess('../local/start.ts', ({ start }) => start(process.env)),
  check: () => inProcess('../local/check.ts', ({ check }) => check(args)),
  test: () => vitest(args),
  'test:browser': () => vitest(['test/browser', ...args]),
  'test:contract': () => typescript('test/switch-contract/run.ts', args),
  bench,
  switches: () => inProcess('../local/switches.ts', ({ switches }) => switches(args, process.env)),
  chaos: () => typescript('bench/chaos/main.ts', args),
}[command];
if (!run) fail(`There is no command "${command}". Use start, test, check, test:contract, test:browser, bench, chaos or switches.`);
process.exitCode = await run();

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function demandNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 11)) return;
  fail(`Node ${process.versions.node} is too old: the exchange needs Node 20.11 or newer (https://nodejs.org).`);
}

/** Before the minutes of a first install. Our own exchange on that port is found out later, with better words. */
async function demandPort() {
  const port = Number(process.env.PORT || 3000);
  if (existsSync(join(house, 'node_modules')) || !Number.isInteger(port) || port < 1 || port > 65_535) return;
  const server = createServer();
  const error = await new Promise((resolve) => server.once('error', resolve).listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined))));
  if (error?.code === 'EADDRINUSE') fail(`Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`);
}

/** `npm ci` when there are no packages, or others than package-lock.json names. */
function installPackages() {
  const stamp = join(house, 'node_modules', '.installed');
  const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // npm's own record of what it installed: packages that were put there by hand with `npm install` are as good.
  if (installedMatches()) return writeFileSync(stamp, wanted);
  process.stdout.write('installing packages (npm ci) …\n');
  const npm = process.env.npm_execpath;
  const [program, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
  const { status, error } = spawnSync(program, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' });
  if (status !== 0) fail(`The packages could not be installed${error ? ` (${error.message})` : ''}. Is the npm registry reachable? Try \`npm ci\` by itself.`);
  writeFileSync(stamp, wanted);
}

function installedMatches() {
  try {
    const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
    const found = JSON.parse(readFileSync(join('node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional }]) => path === '' || found[path]?.version === version || (optional && !found[path]));
  } catch {
    return false;
  }
}

/** TypeScript in this very process: signals reach it, and nothing stands between npm and it. */
async function inProcess(path, use) {
  const { register } = await import('tsx/esm/api');
  register();
  return use(await import(path));
}

function typescript(path, rest) {
  if (!existsSync(path)) fail(`${path} is not there.`);
  return child(process.execPath, ['--import', 'tsx', path, ...rest]);
}

/** @returns {Promise<number>} the exit code */
function child(program, list, env = process.env) {
  return new Promise((resolve) => {
    const running = spawn(program, list, { stdio: 'inherit', env });
    // Ctrl-C reaches the child as well as us: we wait for its end. A `kill` reaches us alone.
    const ignore = () => {};
    const pass = (signal) => running.kill(signal);
    process.on('SIGINT', ignore);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, pass);
    running.on('error', (error) => fail(error.message));
    running.on('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      for (const each of ['SIGTERM', 'SIGHUP']) process.off(each, pass);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

function vitest(list) {
  const wantsBrowser = !list.some((arg) => !arg.startsWith('-') && !arg.includes('browser'));
  const chromium = wantsBrowser || list.some((arg) => arg.includes('browser')) ? findChromium() ?? installChromium() : findChromium();
  if (!chromium) process.stdout.write('skipped: no chromium (browser tests)\n');
  if (!findOnPath('freeswitch') && !existsSync('/opt/freeswitch/bin/freeswitch')) process.stdout.write('skipped: no FreeSWITCH (tests that need a real switch)\n');
  return child(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...list], { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) });
}

function findOnPath(name) {
  return (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)).find((path) => folderHas(path));
}

function folderHas(path) {
  return path.startsWith('/') && existsSync(path);
}

function findChromium() {
  if (process.env.CHROMIUM_PATH && existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH;
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(findOnPath).find(Boolean);
}

/** On Debian and as root the browser comes from the distribution; elsewhere the browser tests are skipped. */
function installChromium() {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0 || !findOnPath('apt-get')) return undefined;
  process.stdout.write('installing chromium for the browser tests (apt-get) …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (list) => spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...list], { env, stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000 });
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', 'chromium']);
  return findChromium();
}

/** Every bench/*.ts in turn; each prints one JSON line a figure. */
async function bench() {
  const files = (existsSync('bench') ? readdirSync('bench') : []).filter((name) => name.endsWith('.ts') && args.every((arg) => name.includes(arg))).sort();
  if (files.length === 0) fail('There is no such bench/*.ts.');
  let worst = 0;
  for (const name of files) worst = Math.max(worst, await typescript(join('bench', name), []));
  return worst;
}
