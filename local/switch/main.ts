/** The stand-in switch as a process of its own, so that nothing else disturbs its 20 ms. Its starter tells it what it needs. */
import { openSwitch, type OpenOptions } from './open.ts';

const log = (line: string): void => void process.stdout.write(`${line}\n`);

process.once('message', (options: Omit<OpenOptions, 'log'>) => {
  openSwitch({ ...options, log }).then(({ eslPort, wsPort, stop }) => {
    process.once('SIGTERM', () => void stop().finally(() => process.exit(0)));
    log('practice line: no phone network');
    process.send?.({ eslPort, wsPort });
  }, (error: Error) => {
    process.send?.({ error: error.message }, () => process.exit(1));
  });
});
