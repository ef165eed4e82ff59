import type { Db } from './database.ts';

/** What of pg's client is needed here; knex's pool holds these. */
interface Connection { query(query: { name: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[]; rowCount: number }> }
interface Statement { readonly source: string; readonly text: string; readonly values: readonly string[] }

const statements = new Map<string, Statement>();

/**
 * Runs a statement that runs with every call: prepared once a connection under its name, on the transaction's connection or
 * one of the pool's. Its `:names` become pg's `$1`, `$2` … once a process; knex would write and count them anew each time,
 * which costs as much as the rest of the round trip.
 * @throws Error when the name is another text's, or when a value is not given (one that is undefined counts as null)
 */
export async function prepared<Row>(db: Db, name: string, text: string, values: Readonly<Record<string, unknown>>): Promise<{ rows: Row[]; rowCount: number }> {
  let statement = statements.get(name);
  if (statement === undefined) statements.set(name, (statement = numbered(text)));
  if (statement.source !== text) throw new Error(`${name} names another statement`);
  const given = statement.values.map((key) => {
    if (!(key in values)) throw new Error(`${name} has no value for ${key}`);
    return values[key] ?? null;
  });
  const { client } = db as unknown as { client: { acquireConnection(): Promise<Connection>; releaseConnection(connection: Connection): Promise<void> } };
  const connection = await client.acquireConnection();
  try {
    return (await connection.query({ name, text: statement.text, values: given })) as { rows: Row[]; rowCount: number };
  } finally {
    void client.releaseConnection(connection);
  }
}

/** Each use of a name has a number, and so a type, of its own. A cast's `::` is none. */
function numbered(text: string): Statement {
  const values: string[] = [];
  return { source: text, text: text.replace(/(?<!:):([a-z]\w*)/gi, (_, key: string) => `$${values.push(key)}`), values };
}
