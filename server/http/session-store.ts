import { randomUUID } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import type { SessionData } from 'express-session';
import type { Redis } from '../../platform/redis.ts';

type Done = (error: unknown, session?: SessionData | null) => void;
const prefix = 'exchange:session:';
const markerSeconds = 7 * 86_400;
export const sessionMs = 24 * 3_600_000;

/** As if it had been used just now: its page is open. */
const renewed = (session: SessionData): SessionData => ({ ...session, cookie: { ...session.cookie, expires: new Date(Date.now() + sessionMs) } });

/**
 * Sessions in Redis. Those of pages with an open socket are known here as well: an operator in mid-call stays signed in
 * when Redis is away, and when it comes back empty its sessions are written anew. A session that is missing from a Redis
 * that was not emptied was signed out, and stays so.
 */
export class SessionStore extends RedisStore {
  readonly #redis: Redis;
  readonly #open = new Map<string, { session: SessionData; pages: number }>();
  /** Set in Redis for as long as it has forgotten nothing that this server wrote. */
  readonly #marker = `exchange:sessions-kept:${randomUUID()}`;

  constructor(redis: Redis) {
    super({ client: redis, prefix });
    this.#redis = redis;
  }

  /** A page of this session opened a socket. */
  async pageOpened(id: string, session: SessionData): Promise<void> {
    this.#open.set(id, { session, pages: (this.#open.get(id)?.pages ?? 0) + 1 });
    if (this.#open.size === 1) await this.#mark();
  }
  pageClosed(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    open.pages -= 1;
    if (open.pages === 0) this.#open.delete(id);
  }

  override async get(id: string, done?: Done): Promise<SessionData | null> {
    try {
      const session = await this.#find(id);
      done?.(null, session);
      return session;
    } catch (error) {
      if (!done) throw error;
      done(error);
      return null;
    }
  }

  /** An expiry that was not put off is put off by the next request. */
  override async touch(id: string, session: SessionData, done?: (error?: unknown) => void): Promise<void> {
    await super.touch(id, session, () => done?.());
  }

  override async destroy(id: string, done?: (error?: unknown) => void): Promise<void> {
    this.#open.delete(id);
    await super.destroy(id, done);
  }

  async #find(id: string): Promise<SessionData | null> {
    const kept = this.#open.get(id)?.session;
    if (!kept) return (await super.get(id)) as SessionData | null;
    try {
      const stored = (await super.get(id)) as SessionData | null;
      if (stored) return stored;
      if ((await this.#redis.exists(this.#marker)) === 1) return null;
      await Promise.all([...this.#open].map(([each, { session }]) => super.set(each, renewed(session))));
      await this.#mark();
    } catch {
      // Redis is away: the page that stands open is who it was.
    }
    return renewed(kept);
  }

  async #mark(): Promise<void> {
    await this.#redis.set(this.#marker, '1', 'EX', markerSeconds).catch(() => undefined);
  }
}
