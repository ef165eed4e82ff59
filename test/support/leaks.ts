import { afterAll } from 'vitest';

/** What a file must not leave behind; timers and the runner's own pipes are not looked at. */
const watched = ['TCPSocketWrap', 'TCPServerWrap', 'UDPWrap', 'ProcessWrap', 'Worker'];

interface Handle {
  readonly constructor: { readonly name: string };
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly spawnfile?: string;
  address?(): unknown;
}

const open = () => process.getActiveResourcesInfo().filter((name) => watched.includes(name));
const before = open().length;

// Registered first, so it runs after all of the file's own hooks.
afterAll(async () => {
  // A socket's end takes a few turns of the loop; a leaked one stays.
  for (const deadline = performance.now() + 3_000; open().length > before && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, 20));
  const left = open();
  if (left.length <= before) return;
  const handles = (process as unknown as { _getActiveHandles?(): Handle[] })._getActiveHandles?.() ?? [];
  const described = handles
    .filter(({ constructor }) => ['Socket', 'Server', 'ChildProcess', 'TLSSocket'].includes(constructor.name))
    .map((handle) => `${handle.constructor.name} ${handle.spawnfile ?? (handle.remotePort === undefined ? JSON.stringify(handle.address?.() ?? {}) : `${handle.remoteAddress}:${handle.remotePort}`)}`);
  throw new Error(`This file leaves ${left.length - before} open (${left.join(', ')}): ${described.join('; ')}. Close them in afterAll.`);
});
