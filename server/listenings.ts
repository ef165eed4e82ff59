import { recordAudit } from '../platform/postgres/audit.ts';
import type { Db } from '../platform/postgres/database.ts';
import type { StoredSound } from '../platform/postgres/recordings.ts';
import type { User } from '../platform/postgres/users.ts';

/** A player asks for a sound in pieces, and again with each seek: within this time it is one listening. */
const oneListeningMs = 600_000;
const mostKept = 10_000;

interface Listening { readonly db: Db; readonly user: User; readonly address: string | null; readonly recordingId: string; readonly sound: StoredSound }

/** Writes each listening to the audit log, before the first byte of it goes out. */
export class Listenings {
  /** `user recording` → since when, ms; oldest first. */
  readonly #known = new Map<string, number>();

  async note({ db, user, address, recordingId, sound }: Listening, now = Date.now()): Promise<void> {
    const key = `${user.id} ${recordingId}`;
    const since = this.#known.get(key);
    if (since !== undefined && now - since < oneListeningMs) return;
    await recordAudit(db, {
      userId: user.id, role: user.role, customerId: sound.customerId, address, action: 'recordingPlayed', subject: 'recording', subjectId: recordingId,
      details: { callId: sound.callId, segment: sound.segment },
    });
    this.#known.delete(key);
    this.#known.set(key, now);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
  }
}
