import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testSwitches } from '../support/house.ts';
import { onAll } from './side.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm run chaos` with a handful of faults. @returns its last line, and all that it said */
async function chaos(...args: readonly string[]): Promise<{ result: Record<string, unknown>; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/chaos/main.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  await once(child, 'close');
  return { result: JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>, said };
}

/** How soon it is in step again depends on the machine; the README has the figure. */
const unharmed = { lost: 0, doubleDialled: 0, doubleSettled: 0, speechInterrupted: 0, errors: 0 };

it('loses no call, dials none twice, closes each once and interrupts nobody when the controller is killed at random moments', { timeout: 180_000 }, () =>
  onAll(testSwitches.map((name) => ({ name })), async ({ name }) => {
    const { result, said } = await chaos('--kills', '5', '--operators', '4', '--minutes', '1', '--switch', name);
    expect(result, said).toMatchObject({ ...unharmed, signal: 'SIGKILL', switch: name });
    // A machine short of time manages fewer within the minute.
    expect(result['kills'], said).toBeGreaterThanOrEqual(2);
    expect(result['calls'], said).toBeGreaterThan(0);
  }));
