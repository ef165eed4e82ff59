import type { SessionUser } from '../../../domain/api.ts';
import type { ApiError } from '../../api.ts';
import type { Offer } from '../../second-factor.ts';
import { t } from '../../texts/texts.ts';

/** The password first, then what the account asks for beside it. */
export type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'code' }
  | { readonly kind: 'enrol'; readonly offer: Offer | null }
  | { readonly kind: 'codes'; readonly codes: readonly string[]; readonly user: SessionUser };

export interface SignInPage {
  readonly step: Step;
  readonly busy: boolean;
  readonly copied: boolean;
  readonly problem: string | null;
  /** The password is readable. */
  readonly shown: boolean;
  readonly missing: 'email' | 'password' | null;
}
export const emptySignIn: SignInPage = { step: { kind: 'password' }, busy: false, copied: false, problem: null, shown: false, missing: null };

export function missingOf(email: string, password: string): SignInPage['missing'] {
  if (email.trim() === '') return 'email';
  return password === '' ? 'password' : null;
}

/** Too many attempts: as long as the server says. */
export const waitText = ({ retryAfterMs }: Pick<ApiError, 'retryAfterMs'>): string => (retryAfterMs === null ? t.errors.tooMany : t.signIn.wait(Math.ceil(retryAfterMs / 60_000)));
