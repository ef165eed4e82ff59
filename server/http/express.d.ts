import 'express-session';
import type { ManagerAccess } from '../manager-access.ts';

declare module 'express-session' {
  interface SessionData {
    userId: string;
    signedInAt: string;
    manager: ManagerAccess;
  }
}
declare module 'express-serve-static-core' {
  interface Request {
    /** The declared path, for logs and figures: no ids in labels. */
    routePath?: string;
  }
}
