/** The small Redis in a process of its own, as `npm start` has it in the launcher's: a bench's own work does not delay it. */
import { startRedis } from '../../local/redis/server.ts';

const redis = await startRedis();
console.log(redis.url);
process.once('SIGTERM', () => void redis.stop().then(() => process.exit(0)));
