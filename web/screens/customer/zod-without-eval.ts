import { config } from 'zod';

// Compiled schemas need eval, which the content security policy forbids; zod would try it first.
config({ jitless: true });
