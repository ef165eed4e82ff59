import { Worker } from 'node:worker_threads';

/**
 * Reading threads. One may be kept ready: to load what it needs takes a thread about as long as to read 30,000 rows, and
 * there is time for that while a customer has the page of an upload before them.
 */

/** Memory of the thread's heap, in MB; a file that needs more ends the thread, not the server. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 48, stackSizeMb: 4 };
const spareMs = 300_000;

let spare: { readonly worker: Worker; readonly timer: NodeJS.Timeout } | undefined;

const startThread = (): Worker => new Worker(new URL('./reading-thread.mjs', import.meta.url), { execArgv: [], resourceLimits });

/** The spare thread, or a new one. */
export function takeThread(): Worker {
  if (spare === undefined) return startThread();
  const { worker, timer } = spare;
  spare = undefined;
  clearTimeout(timer);
  worker.ref();
  return worker;
}

/** Has a thread ready for the next five minutes; holds no process open. Resolves once it is loaded, or cannot be. */
export async function prepareThread(): Promise<void> {
  if (spare !== undefined) return void spare.timer.refresh();
  const worker = startThread();
  worker.unref();
  spare = { worker, timer: setTimeout(() => void dropSpare(worker), spareMs).unref() };
  worker.on('error', () => void dropSpare(worker)).on('exit', () => void dropSpare(worker));
  await new Promise<void>((resolve) => worker.once('message', () => resolve()).once('exit', () => resolve()));
}

/** For a server that stops. */
export async function endSpareThread(): Promise<void> {
  if (spare !== undefined) await dropSpare(spare.worker);
}

async function dropSpare(worker: Worker): Promise<void> {
  if (spare?.worker !== worker) return;
  clearTimeout(spare.timer);
  spare = undefined;
  await worker.terminate();
}
