import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/api.ts';
import type { ForeignHouse } from './foreign-house.ts';

/** How a route is asked with somebody else's ids. */
export interface RouteCase {
  /** In the order of the path's parameters: the foreign ids. */
  readonly ids?: readonly (keyof ForeignHouse)[];
  /** Of what does not exist at all, in the same order; numbers where nothing is said. */
  readonly absent?: readonly string[];
  readonly body?: (foreign: ForeignHouse) => unknown;
  readonly query?: string;
  readonly upload?: true;
  /** It ends the asker's session: somebody of their own is signed in for it. */
  readonly ends?: true;
  /** For these roles no customer is a stranger: they judge and run the whole house. */
  readonly wholeHouse?: readonly Role[];
  /** What a stranger's ids in body or query are answered with, where the path has none. */
  readonly statuses?: readonly number[];
}

const ofCampaign: RouteCase = { ids: ['campaignId'], absent: ['987654321'] };
const ofUpload: RouteCase = { ids: ['campaignId', 'uploadId'], absent: ['987654321', randomUUID()] };
const ofManager: RouteCase = { ids: ['campaignId', 'managerId'], absent: ['987654321', '987654321'] };
const ofCall = (body: unknown): RouteCase => ({ ids: ['callId'], absent: [randomUUID()], body: () => body });
const ofTransfer = (body?: unknown): RouteCase => ({ ids: ['transferId'], absent: [randomUUID()], ...(body === undefined ? {} : { body: () => body }) });
const plain: RouteCase = {};
const with_ = (body: unknown, ...statuses: number[]): RouteCase => ({ body: () => body, ...(statuses.length > 0 ? { statuses } : {}) });

/** One for each route, by method and path. A route without one fails the test: say here whose ids it could be asked with. */
export const routeCases: Readonly<Record<string, RouteCase>> = {
  'POST /sessions': { body: () => ({ email: 'nobody@example.org', password: 'wrong' }), statuses: [401] },
  'POST /sessions/totp': with_({ code: '000000' }, 401),
  'POST /sessions/totp/enrolment': with_({}, 401),
  'GET /session': plain,
  'DELETE /session': { ends: true },
  'POST /passwords/forgotten': with_({ email: 'nobody@example.org' }, 202),
  'POST /passwords/reset': with_({ token: 'x'.repeat(43), password: 'correct horse battery staple' }, 404),
  'GET /account': plain,
  'POST /account/password': with_({ current: 'wrong', next: 'correct horse battery staple' }, 422),
  'POST /account/totp': with_({ password: 'wrong' }, 422),
  'POST /account/totp/confirm': with_({ code: '000000' }, 422, 429),
  'POST /account/totp/remove': with_({ password: 'wrong', code: '000000' }, 409),
  'POST /account/recovery-codes': with_({ password: 'wrong', code: '000000' }, 409, 422),
  'DELETE /account/sessions/{id}': { ids: ['sessionId'], absent: [randomUUID()] },
  'DELETE /account/sessions': { ends: true },
  'GET /audit': { wholeHouse: ['admin'] },
  'GET /campaigns': plain,
  'POST /campaigns': with_({ name: 'x' }, 201),
  'GET /campaigns/{id}': ofCampaign,
  'PATCH /campaigns/{id}': { ...ofCampaign, body: () => ({ name: 'mine now' }) },
  'POST /campaigns/{id}/start': ofCampaign,
  'POST /campaigns/{id}/pause': ofCampaign,
  'POST /campaigns/{id}/lists': { ...ofCampaign, upload: true },
  'GET /campaigns/{id}/lists': ofCampaign,
  'GET /campaigns/{id}/results': ofCampaign,
  'GET /campaigns/{id}/export': { ...ofCampaign, query: '?format=csv&rows=contacts' },
  'GET /campaigns/{id}/export/counts': ofCampaign,
  'GET /campaigns/{id}/operators': ofCampaign,
  'POST /campaigns/{id}/managers/{managerId}/link': ofManager,
  'DELETE /campaigns/{id}/managers/{managerId}/link': ofManager,
  'POST /campaigns/{id}/lists/preview': { ...ofCampaign, upload: true },
  'POST /campaigns/{id}/lists/preview/{uploadId}': { ...ofUpload, body: () => ({}) },
  'POST /campaigns/{id}/lists/preview/{uploadId}/take': { ...ofUpload, body: () => ({}) },
  'DELETE /campaigns/{id}/lists/preview/{uploadId}': ofUpload,
  'GET /campaigns/{id}/lists/preview/{uploadId}/problems': ofUpload,
  'GET /campaigns/{id}/lists/{listId}/problems': { ids: ['campaignId', 'listId'], absent: ['987654321', '987654321'] },
  'GET /lists/template': plain,
  'GET /lists/progress/{progressId}': { ids: ['uploadId'], absent: [randomUUID()], statuses: [200] },
  'GET /operator/cockpit': plain,
  'GET /operator/tasks': { statuses: [200] },
  'POST /operator/campaign': with_({ campaignId: null }),
  'POST /operator/phone': with_({ pageId: 'page' }),
  'DELETE /operator/phone': plain,
  'POST /operator/phone/ring': { body: ({ deviceId }) => ({ pageId: 'page', deviceId }), statuses: [404] },
  'GET /operator/devices': plain,
  'POST /operator/devices': with_({ name: 'Mine' }, 201),
  'DELETE /operator/devices/{id}': { ids: ['deviceId'], absent: ['987654321'] },
  'POST /operator/pause': with_({ paused: true }),
  'POST /operator/skip': plain,
  // The controller refuses it (authoriseAttempt): here there is none, and nobody answers.
  'POST /operator/calls': { body: ({ contactId }) => ({ contactId }), statuses: [202, 409, 503] },
  'POST /operator/calls/{id}/requests': ofCall({ kind: 'hangUp' }),
  'PUT /operator/calls/{id}/notes': ofCall({ notes: 'x' }),
  'POST /operator/calls/{id}/disposition': ofCall({ key: 'refused' }),
  'POST /operator/calls/{id}/wrap-up': ofCall({ extend: true }),
  'POST /operator/calls/{id}/contacts': ofCall({ phone: '+79161112233', name: 'x' }),
  'POST /manager/sessions': with_({ token: 'x'.repeat(43) }, 401),
  'GET /manager/transfers/{id}': ofTransfer(),
  'POST /manager/transfers/{id}/accept': ofTransfer({}),
  'POST /manager/transfers/{id}/decline': ofTransfer({ reason: 'busy' }),
  'PUT /manager/transfers/{id}/outcome': ofTransfer({ outcome: 'sold' }),
  'GET /manager/history': plain,
  'GET /calls/{id}/recordings': { ids: ['callId'], absent: [randomUUID()], wholeHouse: ['moderator', 'admin'] },
  'GET /recordings/{id}/audio': { ids: ['recordingId'], absent: ['987654321'], wholeHouse: ['moderator', 'admin'] },
  'GET /admin/lines': { wholeHouse: ['admin'] },
  'PATCH /admin/lines': { body: () => ({}), wholeHouse: ['admin'] },
  'GET /switches': plain,
  'PUT /switches/{id}': { ids: ['customerId'], absent: ['no-such-switch'], body: () => ({ draining: true }) },
  'POST /switches/{id}/lost': { ids: ['customerId'], absent: ['no-such-switch'], body: () => ({ confirm: true }) },
};
