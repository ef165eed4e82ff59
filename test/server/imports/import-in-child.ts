import { pino } from 'pino';
import { openDatabase } from '../../../platform/postgres/database.ts';
import { importList } from '../../../server/imports/import-list.ts';

/** One import in a process of its own, as the server would do it: `[url, filePath, customerId, userId, campaignId]` → what came of it and how much memory it took. */
const [url = '', filePath = '', customerId = '', userId = '', campaignId = ''] = process.argv.slice(2);
const db = openDatabase({ url, applicationName: 'import-in-child' });
const campaign = { id: campaignId, country: 'RU', timeZone: 'Europe/Moscow', language: 'ru', priority: 1, window: { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5] } };
await db.raw('select 1');
const megabytes = () => process.memoryUsage.rss() / 1024 / 1024;
const before = megabytes();
let most = before;
const watch = setInterval(() => { most = Math.max(most, megabytes()); }, 5);
const outcome = await importList({ db, customerId, userId, filePath, fileName: 'hostile', log: pino({ level: 'silent' }), campaign });
clearInterval(watch);
await db.destroy();
process.send?.({ code: outcome.ok ? 'taken' : outcome.code, grewMb: Math.max(most, megabytes()) - before });
