import 'express-session';

declare module 'express-session' {
  interface SessionData {
    userId: string;
    signedInAt: string;
  }
}
declare module 'express-serve-static-core' {
  interface Request {
    /** The declared path, for logs and figures: no ids in labels. */
    routePath?: string;
  }
}
