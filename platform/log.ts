import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on stdout. Secrets never reach it; phone numbers pass through `maskPhone` of domain/phone.ts first. */
export function createLog(program: string, level: string): Logger {
  return pino({
    level,
    base: { program },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['password', '*.password', 'cookie', 'headers.cookie', 'headers.authorization'], censor: '[redacted]' },
  });
}
