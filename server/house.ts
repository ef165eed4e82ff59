import type { Config } from '../platform/config.ts';
import type { Logger } from '../platform/log.ts';
import type { Nudges } from '../platform/nudges.ts';
import type { Db } from '../platform/postgres/database.ts';
import type { RateLimit } from '../platform/postgres/rate-limits.ts';
import type { SecretKey } from '../platform/secret-key.ts';
import type { Redis } from '../platform/redis.ts';
import type { RecordingStore } from '../platform/recordings/store.ts';
import type { Devices } from './accounts/device-cookie.ts';
import type { AccountLimits } from './accounts/sign-in-limits.ts';
import type { Mailer } from './mail/mailer.ts';
import type { KeptUploads } from './imports/kept-uploads.ts';
import type { ReadingProgress } from './imports/reading-progress.ts';
import type { Listenings } from './listenings.ts';
import type { Requests } from './requests.ts';

/** What the server's parts work with: opened by `app.ts`, closed by it. */
export interface House {
  readonly config: Config;
  readonly db: Db;
  readonly redis: Redis;
  readonly nudges: Nudges;
  readonly log: Logger;
  readonly requests: Requests;
  readonly accountLimits: AccountLimits;
  readonly devices: Devices;
  readonly secretKey: SecretKey;
  readonly mailer: Mailer;
  /** Links that open nothing, by address. */
  readonly managerLinkLimit: RateLimit;
  readonly keptUploads: KeptUploads;
  readonly readingProgress: ReadingProgress;
  /** The sound of calls. */
  readonly recordings: RecordingStore;
  readonly listenings: Listenings;
  /** Logins of this account were ended: every server cuts their sockets. */
  accountChanged(userId: string): void;
}
