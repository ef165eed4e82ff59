import { promisify } from 'node:util';
import type { Request } from 'express';
import { isOwnTransfer, readOpenTransfer, type OpenTransfer } from '../platform/postgres/manager-transfers.ts';
import type { House } from './house.ts';
import { notFound, refuse, type Refusal } from './http/answer.ts';

/** What a manager's link was exchanged for; kept in the cookie's session, beside a login where there is one. */
export interface ManagerAccess {
  /** The personal link: its page may wait and ring. */
  readonly page?: { readonly managerId: string; readonly linkHash: string };
  /** The one transfer that may be looked at, accepted or declined. */
  readonly transferId?: string;
}

/** Adds to what this browser may do. A new session id, so that one planted beforehand is worth nothing. */
export async function grantAccess(request: Request, access: ManagerAccess): Promise<void> {
  const { userId, loginId, signedInAt, manager } = request.session;
  await promisify(request.session.regenerate.bind(request.session))();
  if (userId !== undefined && loginId !== undefined && signedInAt !== undefined) Object.assign(request.session, { userId, loginId, signedInAt });
  request.session.manager = { ...manager, ...access };
  await promisify(request.session.save.bind(request.session))();
}

/** The transfer of this id, where the browser was given it by a link. */
export async function openTransfer({ db }: Pick<House, 'db'>, request: Request, transferId: string): Promise<OpenTransfer | Refusal> {
  const granted = request.session.manager?.transferId;
  if (granted === undefined) return refuse(401, 'linkNeeded', 'Open your own link first.');
  const found = granted === transferId ? await readOpenTransfer(db, { transferId }) : undefined;
  return found ?? notFound('The transfer');
}

/** Whether this browser may say what came of a transfer: by its link, or signed in as its manager. */
export async function mayJudge({ db }: Pick<House, 'db'>, request: Request, transferId: string): Promise<true | Refusal> {
  const { userId, manager } = request.session;
  if (userId === undefined && manager?.transferId === undefined) return refuse(401, 'linkNeeded', 'Open your own link or sign in first.');
  if (manager?.transferId === transferId && (await readOpenTransfer(db, { transferId }))) return true;
  if (userId !== undefined && (await isOwnTransfer(db, { transferId, userId }))) return true;
  return notFound('The transfer');
}
