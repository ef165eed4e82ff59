import type { Hearer } from '../../../platform/postgres/recordings.ts';
import type { User } from '../../../platform/postgres/users.ts';
import { tenantOf } from '../campaigns/tenant.ts';

/** The roles that may hear calls at all. */
export const hearingRoles = ['customer', 'operator', 'moderator', 'admin'] as const;

/** Whose calls somebody may hear: a customer their campaigns', an operator their own, who judges and runs the house all. */
export function hearerOf(user: User): Hearer {
  switch (user.role) {
    case 'customer': return { customerId: tenantOf(user) };
    case 'moderator': case 'admin': return 'all';
    default: return { operatorId: user.id };
  }
}
