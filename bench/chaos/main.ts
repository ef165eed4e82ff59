/** `npm run chaos`: faults of the calls-controller under load, and what must hold. The last line is JSON. */
import { loadavg } from 'node:os';
import { openHouse } from './house.ts';
import { KillRun } from './kills.ts';
import { outages } from './outages.ts';
import { soak } from './soak.ts';
import { readOptions, usage, type ChaosOptions } from './options.ts';

const percentile = (values: readonly number[], p: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0);
};

async function kills(options: ChaosOptions): Promise<boolean> {
  const startedAt = performance.now();
  const house = await openHouse(options);
  const run = new KillRun(house, options, (line) => console.log(line));
  const report = await run.run().finally(() => house.stop());
  const show = (title: string, lines: readonly string[]) => { if (lines.length > 0) console.log([`${title} (${lines.length}):`, ...lines.slice(0, 20).map((line) => `  ${line}`)].join('\n')); };
  show('lost', report.lost);
  show('dialled twice', report.doubleDialled);
  show('not closed exactly once', report.doubleSettled);
  show('conversations interrupted', report.interrupted);
  show('never in step', report.neverInStep);
  show('errors in the log', report.errors);
  show('long out of step', report.explained);
  const result = {
    kills: report.kills, lost: report.lost.length, doubleDialled: report.doubleDialled.length, doubleSettled: report.doubleSettled.length,
    speechInterrupted: report.interrupted.length, resyncP50Ms: percentile(report.resyncMs, 0.5), resyncP95Ms: percentile(report.resyncMs, 0.95), resyncMaxMs: percentile(report.resyncMs, 1), ownerP50Ms: percentile(report.ownerMs, 0.5), ownerP95Ms: percentile(report.ownerMs, 0.95), neverInStep: report.neverInStep.length,
    switch: options.switchName, seed: options.seed, signal: options.signal, standby: options.standby, calls: report.calls, conversations: report.conversations, unknown: report.unknown, answersUnseen: report.answersUnseen,
    states: report.states, errors: report.errors.length, elapsedS: Math.round((performance.now() - startedAt) / 1000), loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
  const ok = report.kills > 0 && result.lost + result.doubleDialled + result.doubleSettled + result.speechInterrupted + result.errors === 0 && result.resyncP95Ms <= 5_000;
  console.log(JSON.stringify({ ...result, ok }));
  return ok;
}

async function soaked(options: ChaosOptions): Promise<boolean> {
  const startedAt = performance.now();
  const house = await openHouse(options);
  const report = await soak(house, options, (line) => console.log(line)).finally(() => house.stop());
  const ok = report.leaks.length === 0 && report.heapRatio.every((ratio) => ratio <= 1.1);
  console.log(JSON.stringify({ soak: true, switch: options.switchName, ...report, elapsedS: Math.round((performance.now() - startedAt) / 1000), loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10, ok }));
  return ok;
}

async function outaged(options: ChaosOptions): Promise<boolean> {
  const startedAt = performance.now();
  const house = await openHouse({ ...options, durable: true });
  const reports = await outages(house, { killedMs: 60_000, frozenMs: 20_000 }, (line) => console.log(line)).finally(() => house.stop());
  for (const { outage, wrong } of reports) for (const line of wrong) console.log(`${outage}: ${line}`);
  const ok = reports.every(({ wrong }) => wrong.length === 0);
  console.log(JSON.stringify({ outages: reports, switch: options.switchName, elapsedS: Math.round((performance.now() - startedAt) / 1000), loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10, ok }));
  return ok;
}

async function main(): Promise<boolean> {
  let options: ChaosOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
  console.log(`seed ${options.seed}, switch ${options.switchName}`);
  if (options.outages) return outaged(options);
  return options.soak ? soaked(options) : kills(options);
}

process.exit((await main()) ? 0 : 1);
