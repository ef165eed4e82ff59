import { hash, verify } from '@node-rs/argon2';

/** OWASP's first recommendation for argon2id (the library's default algorithm): 19 MiB, 2 passes, 1 lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

let nobodysHash: Promise<string> | undefined;

/** Works as long for an unknown e-mail (no hash) as for a known one, so that the time tells nothing. */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  if (passwordHash === undefined) {
    nobodysHash ??= hashPassword('nobody has this password');
    await verify(await nobodysHash, password);
    return false;
  }
  return verify(passwordHash, password).catch(() => false);
}
