import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { globToRegExp, runCommand } from './commands.ts';
import { CommandParser, encode, failure, ok, ProtocolError, type Limits, type Reply } from './protocol.ts';
import { Store, type StoreOptions } from './store.ts';

export interface RedisOptions extends StoreOptions {
  /** 0 finds a free one. */
  readonly port?: number;
  readonly password?: string;
  readonly limits?: Limits;
}

export interface EmbeddedRedis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A reader that does not read is cut off before it fills our memory. */
const maxUnsentBytes = 32 * 1024 * 1024;

interface Client {
  readonly id: number;
  readonly socket: Socket;
  readonly channels: Set<string>;
  readonly patterns: Map<string, RegExp>;
  name: string;
  authorised: boolean;
}

/** The small RESP2 server behind `npm start` where REDIS_URL is not set; its commands are listed in README.md beside it. */
export async function startRedis({ port = 0, password, limits, ...storeOptions }: RedisOptions = {}): Promise<EmbeddedRedis> {
  const house = new House(new Store(storeOptions), password, limits);
  const server = createServer({ noDelay: true }, (socket) => house.welcome(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
  const bound = (server.address() as { port: number }).port;
  return {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${bound}`,
    port: bound,
    stop: () => house.close(server),
  };
}

class House {
  private readonly clients = new Set<Client>();
  private readonly store: Store;
  private readonly password: string | undefined;
  private readonly limits: Limits | undefined;
  private nextId = 1;
  private closing: Promise<void> | undefined;

  constructor(store: Store, password: string | undefined, limits: Limits | undefined) {
    this.store = store;
    this.password = password;
    this.limits = limits;
  }

  welcome(socket: Socket): void {
    const client: Client = { id: this.nextId++, socket, channels: new Set(), patterns: new Map(), name: '', authorised: this.password === undefined };
    const parser = new CommandParser(this.limits);
    this.clients.add(client);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.clients.delete(client));
    socket.on('data', (chunk) => {
      // All answers to one chunk leave in one write; pub/sub messages in between go out by themselves and in order.
      socket.cork();
      try {
        for (const [name = '', ...args] of parser.push(chunk)) {
          if (socket.writableEnded) break;
          this.answer(client, name.toUpperCase(), args);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.send(client, failure(`ERR Protocol error: ${error.message}`));
        socket.end();
      } finally {
        socket.uncork();
      }
    });
  }

  close(server: Server): Promise<void> {
    this.closing ??= (async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const { socket } of this.clients) socket.destroy();
      await closed;
      await this.store.stop();
    })();
    return this.closing;
  }

  private send(client: Client, reply: Reply): void {
    if (client.socket.destroyed || client.socket.writableEnded) return;
    client.socket.write(encode(reply), 'latin1');
    if (client.socket.writableLength > maxUnsentBytes) client.socket.destroy();
  }

  private answer(client: Client, name: string, args: readonly string[]): void {
    if (name === 'QUIT') {
      this.send(client, ok);
      client.socket.end();
    } else if (name === 'AUTH') this.send(client, this.authorise(client, args.at(-1) ?? ''));
    else if (!client.authorised && name !== 'HELLO') this.send(client, failure('NOAUTH Authentication required.'));
    else if (!this.subscription(client, name, args)) this.send(client, this.reply(client, name, args));
  }

  private authorise(client: Client, given: string): Reply {
    if (this.password === undefined) return failure('ERR Client sent AUTH, but no password is set');
    const digest = (value: string) => createHash('sha256').update(value, 'latin1').digest();
    if (!timingSafeEqual(digest(given), digest(this.password))) return failure('WRONGPASS invalid username-password pair');
    client.authorised = true;
    return ok;
  }

  private reply(client: Client, name: string, args: readonly string[]): Reply {
    const subscribed = client.channels.size + client.patterns.size > 0;
    if (name === 'PING') return subscribed ? ['pong', args[0] ?? ''] : (args[0] ?? { simple: 'PONG' });
    if (subscribed) return failure(`ERR Can't execute '${name.toLowerCase()}': only (P)SUBSCRIBE / (P)UNSUBSCRIBE / PING / QUIT are allowed in this context`);
    switch (name) {
      case 'HELLO':
        return failure('NOPROTO this server speaks RESP2 only');
      case 'CLIENT':
        return this.client(client, args);
      case 'INFO':
        return '# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n# Persistence\r\nloading:0\r\n# Replication\r\nrole:master\r\n';
      case 'SELECT':
        return args[0] === '0' ? ok : failure('ERR DB index is out of range: there is only database 0');
      case 'PUBLISH':
        return args.length === 2 ? this.publish(args[0] ?? '', args[1] ?? '') : failure("ERR wrong number of arguments for 'publish' command");
      case 'PUBSUB':
        return this.pubsub(args);
      default:
        return runCommand(this.store, name, args);
    }
  }

  private client(client: Client, args: readonly string[]): Reply {
    switch (args[0]?.toUpperCase()) {
      case 'SETNAME':
        client.name = args[1] ?? '';
        return ok;
      case 'GETNAME':
        return client.name;
      case 'ID':
        return client.id;
      case 'SETINFO':
        return ok;
      default:
        return failure(`ERR unknown subcommand '${(args[0] ?? '').slice(0, 64)}' of CLIENT`);
    }
  }

  /** Answers the four subscription commands, one reply a channel; false when it was another command. */
  private subscription(client: Client, name: string, args: readonly string[]): boolean {
    const kind = { SUBSCRIBE: 'channel', PSUBSCRIBE: 'pattern', UNSUBSCRIBE: 'channel', PUNSUBSCRIBE: 'pattern' }[name];
    if (kind === undefined) return false;
    const held = kind === 'channel' ? client.channels : client.patterns;
    const leaving = name.includes('UNSUB');
    const named: readonly (string | null)[] = args.length > 0 ? args : leaving && held.size > 0 ? [...held.keys()] : [null];
    if (!leaving && args.length === 0) {
      this.send(client, failure(`ERR wrong number of arguments for '${name.toLowerCase()}' command`));
      return true;
    }
    for (const each of named) {
      if (each !== null && leaving) held.delete(each);
      else if (each !== null && kind === 'channel') client.channels.add(each);
      else if (each !== null) client.patterns.set(each, globToRegExp(each));
      this.send(client, [name.toLowerCase(), each, client.channels.size + client.patterns.size]);
    }
    return true;
  }

  private publish(channel: string, message: string): number {
    let receivers = 0;
    for (const client of this.clients) {
      if (client.channels.has(channel)) {
        this.send(client, ['message', channel, message]);
        receivers += 1;
      }
      for (const [pattern, match] of client.patterns) {
        if (!match.test(channel)) continue;
        this.send(client, ['pmessage', pattern, channel, message]);
        receivers += 1;
      }
    }
    return receivers;
  }

  private pubsub(args: readonly string[]): Reply {
    const [subcommand = '', ...names] = args;
    const count = (channel: string) => [...this.clients].filter((client) => client.channels.has(channel)).length;
    switch (subcommand.toUpperCase()) {
      case 'NUMSUB':
        return names.flatMap((channel) => [channel, count(channel)]);
      case 'NUMPAT':
        return new Set([...this.clients].flatMap((client) => [...client.patterns.keys()])).size;
      case 'CHANNELS': {
        const match = globToRegExp(names[0] ?? '*');
        return [...new Set([...this.clients].flatMap((client) => [...client.channels]))].filter((channel) => match.test(channel));
      }
      default:
        return failure(`ERR unknown subcommand '${subcommand.slice(0, 64)}' of PUBSUB`);
    }
  }
}
