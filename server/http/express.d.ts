import 'express-session';
import type { PendingSignIn } from '../accounts/second-step.ts';
import type { ManagerAccess } from '../manager-access.ts';

declare module 'express-session' {
  interface SessionData {
    userId: string;
    /** The login's row in PostgreSQL (user_sessions); without a live one nobody is signed in. */
    loginId: string;
    signedInAt: string;
    /** The password was right; the second step is still to come. */
    pending: PendingSignIn;
    manager: ManagerAccess;
  }
}
declare module 'express-serve-static-core' {
  interface Request {
    /** The declared path, for logs and figures: no ids in labels. */
    routePath?: string;
    /** What the answer sets the device cookie to. */
    deviceCookie?: string;
  }
}
