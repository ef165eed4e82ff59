import type { Logger } from '../../platform/log.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { listSwitches } from '../../platform/postgres/switch-service.ts';

const refreshEveryMs = 5_000;

/** Where browsers reach the switches, for the pages' content security policy: what the controllers wrote, read every few seconds. */
export class SwitchOrigins {
  private origins: readonly string[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly db: Db;

  constructor(db: Db, log: Logger) {
    this.db = db;
    this.timer = setInterval(() => void this.refresh().catch((error: Error) => log.warn({ error: error.message }, 'switches not read; tried again')), refreshEveryMs);
  }

  all(): readonly string[] { return this.origins; }

  async refresh(): Promise<void> {
    const addresses = (await listSwitches(this.db)).flatMap(({ wsUrl }) => (wsUrl !== null && URL.canParse(wsUrl) ? [new URL(wsUrl).origin] : []));
    this.origins = [...new Set(addresses)];
  }

  stop(): void { clearInterval(this.timer); }
}
