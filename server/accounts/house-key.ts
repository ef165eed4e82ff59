import { ConfigError, type Config } from '../../platform/config.ts';
import type { Db } from '../../platform/postgres/database.ts';
import { readKeyFingerprint, storeKeyFingerprint } from '../../platform/postgres/secrets.ts';
import { obtainSecretKey, type SecretKey } from '../../platform/secret-key.ts';

/**
 * The key that seals second factors. All servers of one database have the same one; a server with another would refuse
 * every code, so it does not start.
 * @throws ConfigError
 */
export async function openHouseKey(db: Db, config: Pick<Config, 'secretKey' | 'dataDir'>): Promise<SecretKey> {
  const key = obtainSecretKey(config);
  const sealedWith = await readKeyFingerprint(db);
  if (sealedWith !== undefined && sealedWith !== key.fingerprint)
    throw new ConfigError('SECRET_KEY is not the key that this database was sealed with. Set the former one (npm start keeps it in DATA_DIR/secret-key).');
  return key;
}

/** From now on the database holds what only this key opens. */
export const sealedWith = (db: Db, key: SecretKey): Promise<void> => storeKeyFingerprint(db, key.fingerprint);
