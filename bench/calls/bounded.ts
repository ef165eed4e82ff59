/** A bench ends by itself: each wait has a name and an end, the whole has one as well, and what was left open is closed. */
import { setMaxListeners } from 'node:events';

const closingMs = 13_000;
const over = new AbortController();
setMaxListeners(0, over.signal);
/** What is waited for now, oldest first: named when the bench gives up. */
const waits = new Set<string>();

/** The work's result. Rejects, naming what was waited for, when it takes longer, and when the whole bench is to end. */
export async function within<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  let giveUp = () => {};
  waits.add(what);
  try {
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for: ${what}`)), ms);
      giveUp = () => {
        clearTimeout(timer);
        reject(over.signal.reason as Error);
      };
      over.signal.addEventListener('abort', giveUp);
      if (over.signal.aborted) giveUp();
      work.finally(() => clearTimeout(timer)).then(resolve, reject);
    });
  } finally {
    over.signal.removeEventListener('abort', giveUp);
    waits.delete(what);
  }
}

/** Asks again and again until there is an answer. */
export async function until<T>(what: string, ms: number, ask: () => Promise<T | undefined>, everyMs = 5): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const answer = await within(what, ms, ask());
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Runs a bench for `limitMs` at most. A failure is a JSON line with its reason and exit code 1, after everything was closed. */
export async function bounded(bench: string, limitMs: number, work: (step: (text: string) => void) => Promise<void>): Promise<never> {
  const start = performance.now();
  let now = 'the start';
  const step = (text: string) => {
    now = text;
    process.stderr.write(`${bench} ${((performance.now() - start) / 1_000).toFixed(1)} s: ${text}\n`);
  };
  const end = (reason: string) => over.abort(new Error(`${reason}; after "${now}", waiting for: ${[...waits].slice(0, 5).join(', ') || 'nothing'}`));
  const timer = setTimeout(() => end(`not through within ${limitMs / 1_000} s`), limitMs);
  // Closing may hang as well.
  setTimeout(() => process.exit(1), limitMs + closingMs).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(signal));
  let code = 0;
  await work(step).catch((error: Error) => {
    console.log(JSON.stringify({ bench, error: error.message }));
    code = 1;
  });
  clearTimeout(timer);
  step(code === 0 ? 'done' : 'given up');
  process.exit(code);
}
