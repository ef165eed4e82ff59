import { parentPort } from 'node:worker_threads';
import type { ConvertAnswer, ConvertOrder } from './converter.ts';
import { convertToOpus } from './opus.ts';
import { UnreadableWav } from './wav.ts';

/** The worker thread that converts, one file after another. */
parentPort?.on('message', ({ wavFile, oggFile }: ConvertOrder) => {
  convertToOpus(wavFile, oggFile).then(
    (converted) => answer({ kind: 'done', ...converted }),
    (error: Error) => answer({ kind: 'failed', unreadable: error instanceof UnreadableWav, message: error.message }),
  );
});

const answer = (message: ConvertAnswer): void => parentPort?.postMessage(message);
