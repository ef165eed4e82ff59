/** Where a manager's telephone is sent after the answer: a whisper, then the key that parks the leg (freeswitch-conf/dialplan/managers.xml). */
import type { Channel } from './channel.ts';
import { soundFile, type Extension } from './dialplan.ts';
import { FRAME_BYTES, FRAME_MS, once, readWav } from './sounds.ts';
import type { Switchboard } from './switchboard.ts';

export class AcceptKey {
  readonly #board: Switchboard;
  readonly #managers: readonly Extension[];

  constructor(board: Switchboard, managers: readonly Extension[]) {
    this.#board = board;
    this.#managers = managers;
  }

  ask(channel: Channel, number: string): void {
    const extension = this.#managers.find(({ expression }) => expression.test(number));
    // mod_dptools: min max tries timeout terminators file invalid_file variable regexp …; $1 is what the number's expression caught.
    const asked = extension?.actions.find(({ application }) => application === 'play_and_get_digits')?.data.replaceAll('\'', '').split(' ');
    const file = soundFile((asked?.[5] ?? '').replace('$1', extension?.expression.exec(number)?.[1] ?? ''));
    if (asked === undefined || file === undefined) return this.#board.hangup(channel, 'UNALLOCATED_NUMBER');
    const whisper = readWav(file);
    const wanted = new RegExp(asked[8] ?? '');
    const take = (key: string): void => {
      channel.onKey = undefined;
      clearTimeout(late);
      if (wanted.test(key)) this.#board.park(channel);
      else this.#board.hangup(channel, 'NO_ANSWER');
    };
    const late = setTimeout(() => {
      if (channel.onKey === take) this.#board.hangup(channel, 'NO_ANSWER');
    }, (whisper.length / FRAME_BYTES) * FRAME_MS + Number(asked[3])).unref();
    channel.onKey = take;
    channel.set('current_application', 'play_and_get_digits');
    channel.sound = once(whisper);
  }
}
