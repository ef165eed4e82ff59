export interface SignInPage {
  readonly busy: boolean;
  readonly problem: string | null;
  readonly missing: 'email' | 'password' | null;
}
export const emptySignIn: SignInPage = { busy: false, problem: null, missing: null };

export function missingOf(email: string, password: string): SignInPage['missing'] {
  if (email.trim() === '') return 'email';
  return password === '' ? 'password' : null;
}
