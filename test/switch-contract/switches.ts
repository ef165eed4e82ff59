/** The switches that must keep the contract, and how each is started. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreeswitch, freePort, startFreeswitch } from '../../local/freeswitch.ts';
import { startStandIn } from '../../local/switch/stand-in.ts';

export interface SwitchUnderTest {
  /** `esl://:password@host:port`. */
  readonly url: string;
  /** Where browsers call in. */
  readonly wsUrl: string;
  /** Where people's own SIP phones register; the stand-in has no such port. */
  readonly devicesPort?: number;
  stop(): Promise<void>;
}

export interface ContractEntry {
  readonly name: string;
  /** What a browser and it speak. */
  readonly codec: 'audio/opus' | 'audio/PCMU';
  /** Why it cannot be tested here; `undefined` when it can. */
  missing(): string | undefined;
  start(needs: { readonly directoryUrl: string; readonly password: string; readonly sps: number }): Promise<SwitchUnderTest>;
}

const freeswitch: ContractEntry = {
  name: 'freeswitch',
  codec: 'audio/opus',
  missing: () => (findFreeswitch() === undefined ? 'no FreeSWITCH' : undefined),
  async start({ directoryUrl, password, sps }) {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'switch-contract-'));
    // A house may stand in a directory with a space in its name.
    const soundsDir = path.join(dataDir, 'sounds of the house');
    symlinkSync(fileURLToPath(new URL('../../freeswitch-conf/sounds', import.meta.url)), soundsDir);
    const devicesPort = await freePort();
    const running = await startFreeswitch({
      sipPorts: [await freePort(), await freePort(), devicesPort], soundsDir, password, directoryUrl, dataDir, sps, eslPort: await freePort(), wsPort: await freePort(), log: () => undefined,
    });
    return {
      url: running.url, wsUrl: running.wsUrl, devicesPort,
      stop: async () => {
        await running.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  },
};

const standIn: ContractEntry = {
  name: 'stand-in',
  // It relays sound between its legs and never recodes it.
  codec: 'audio/PCMU',
  missing: () => undefined,
  start: ({ directoryUrl, password }) => startStandIn({ password, directoryUrl, log: () => undefined }),
};

export const switches: readonly ContractEntry[] = [freeswitch, standIn];
