import type { User } from '../../../platform/postgres/users.ts';

/** The customer that a user belongs to; the schema gives every customer's user one. */
export function tenantOf({ id, customerId }: User): string {
  if (customerId === null) throw new Error(`user ${id} belongs to no customer`);
  return customerId;
}
