import type { Socket } from 'socket.io-client';
import type { Db } from '../../platform/postgres/database.ts';
import { password, type Client, type Reply } from './exchange.ts';

/** What the tests of accounts do again and again. */
export const signIn = (client: Client, email: string, given = password): Promise<Reply> => client.ask('POST', '/api/v1/sessions', { email, password: given });
export const session = (client: Client): Promise<Reply> => client.ask('GET', '/api/v1/session');
export const once = <T = unknown>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => { socket.once(event, resolve); });
/** The audit log's words about this person. */
export const actionsOf = async (db: Db, userId: string): Promise<string[]> => (await db('audit_entries').where({ subject_id: userId, subject: 'user' }).orderBy('id').select('action')).map(({ action }: { action: string }) => action);
