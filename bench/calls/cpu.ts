/** What each program of a bench's house has used of the processors, ms: Linux's own account of the processes below this one. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc are hundredths of a second. */
const tickMs = 10;
const programs: readonly (readonly [name: string, command: RegExp])[] = [
  ['server', /server\/main\.ts/], ['controller', /calls-controller\/main\.ts/], ['redis', /calls\/redis\.ts/], ['freeswitch', /^\S*freeswitch -nf/], ['postgres', /postgres/],
];

export type CpuMs = Readonly<Record<string, number>>;

export function readCpu(): CpuMs {
  const all = new Map<number, { parent: number; command: string; ms: number }>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(Number(name), { parent: Number(fields[1]), command: readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' '), ms: ticksOf(fields, Number(name) === process.pid) * tickMs });
    } catch {
      // Ended between the two looks.
    }
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(all.get(pid)?.parent ?? 0));
  const used: Record<string, number> = {};
  for (const [pid, { command, ms }] of all) {
    if (!isOurs(pid)) continue;
    const name = pid === process.pid ? 'bench' : (programs.find(([, pattern]) => pattern.test(command))?.[0] ?? 'other');
    used[name] = (used[name] ?? 0) + ms;
  }
  return used;
}

/** utime and stime, and those of children that have ended (a backend of PostgreSQL goes after its minutes), proc(5). The bench's own had another name. */
const ticksOf = (fields: readonly string[], isBench: boolean): number => fields.slice(11, isBench ? 13 : 15).reduce((sum, field) => sum + Number(field), 0);

/** ms of processor a call since `before`, by program. */
export const cpuPerCall = (before: CpuMs, calls: number): CpuMs => Object.fromEntries(Object.entries(readCpu()).map(([name, ms]) => [name, Math.round(((ms - (before[name] ?? 0)) / calls) * 10) / 10]).filter(([, ms]) => ms !== 0));
