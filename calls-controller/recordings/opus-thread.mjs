// A worker thread has none of the main thread's module hooks: it teaches itself TypeScript before it loads any.
import { register } from 'tsx/esm/api';

register();
await import('./opus-thread.ts');
