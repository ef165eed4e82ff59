/** The small Redis of local/ as a process of its own, so that it can be killed: `redis-process.ts [port]`, says its address. */
import { startRedis } from '../../local/redis/server.ts';

const { url } = await startRedis({ port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${url}\n`);
