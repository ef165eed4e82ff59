/** The stand-in switch put together, in this very process: Event Socket for the calls-controller, SIP over WebSocket for browsers. */
import { AcceptKey } from './accept-key.ts';
import { Api } from './api.ts';
import { Dialling } from './dialling.ts';
import { Gate } from './digest.ts';
import { readContext } from './dialplan.ts';
import { openEventSocket } from './event-socket.ts';
import { SipServer } from './sip.ts';
import { Switchboard } from './switchboard.ts';

export interface OpenOptions {
  readonly password: string;
  /** 0 takes a free one. */
  readonly eslPort: number;
  readonly wsPort: number;
  readonly directoryUrl: string;
  readonly directorySecret: string;
  readonly log: (line: string) => void;
}

export interface OpenSwitch { readonly eslPort: number; readonly wsPort: number; stop(): Promise<void> }

export async function openSwitch({ password, eslPort, wsPort, directoryUrl, directorySecret, log }: OpenOptions): Promise<OpenSwitch> {
  const board = new Switchboard();
  const api = new Api(board, new Dialling(board, readContext('robots'), new AcceptKey(board, readContext('managers'))));
  const eventSocket = await openEventSocket({ port: eslPort, password, board, api });
  const sip = new SipServer({ port: wsPort, board, operators: readContext('operators'), gate: new Gate(directoryUrl, directorySecret), log });
  const stop = async (): Promise<void> => {
    board.stop();
    await Promise.all([eventSocket.stop(), sip.stop()]);
  };
  try {
    return { eslPort: eventSocket.port, wsPort: await sip.ready(), stop };
  } catch (error) {
    await eventSocket.stop();
    throw error;
  }
}
