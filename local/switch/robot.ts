/** Who answers on a practice line: the actions of freeswitch-conf/dialplan/robots.xml, one after another. */
import type { Channel, FarEnd } from './channel.ts';
import { soundFile, type Action } from './dialplan.ts';
import { endless, FRAME_BYTES, FRAME_MS, readWav, silence, type Sound } from './sounds.ts';

/** What a robot tells the switch about its leg. */
export interface RobotLine {
  ringing(channel: Channel): void;
  early(channel: Channel): void;
  answered(channel: Channel): void;
  hangup(channel: Channel, cause: string): void;
}

export class Robot implements FarEnd {
  readonly #channel: Channel;
  readonly #line: RobotLine;
  readonly #actions: Action[];
  #framesLeft = 0;
  #sound: Sound = silence;
  #echoes = false;

  constructor(channel: Channel, line: RobotLine, actions: readonly Action[]) {
    this.#channel = channel;
    this.#line = line;
    this.#actions = [...actions];
  }

  /** Goes on to the next action that takes time. */
  start(): void {
    while (this.#framesLeft === 0 && this.#channel.alive) {
      const action = this.#actions.shift();
      if (action === undefined) return this.#line.hangup(this.#channel, 'NORMAL_CLEARING');
      this.#run(action);
    }
  }

  #run({ application, data }: Action): void {
    switch (application) {
      case 'ring_ready': return this.#line.ringing(this.#channel);
      case 'pre_answer': return this.#line.early(this.#channel);
      case 'answer': return this.#line.answered(this.#channel);
      case 'hangup': return this.#line.hangup(this.#channel, data);
      case 'sleep': return this.#say(silence, Math.ceil(Number(data) / FRAME_MS));
      case 'send_dtmf': return this.#channel.onKey?.(data.slice(0, 1));
      case 'echo':
        this.#echoes = true;
        return this.#say(silence, Infinity);
      case 'playback':
      case 'endless_playback': {
        const [, pauseMs] = /^silence_stream:\/\/(\d+)$/.exec(data) ?? [];
        if (pauseMs !== undefined) return this.#say(silence, Math.ceil(Number(pauseMs) / FRAME_MS));
        const pcmu = readWav(soundFile(data) ?? data);
        return this.#say(endless(pcmu), application === 'playback' ? pcmu.length / FRAME_BYTES : Infinity);
      }
      default: throw new Error(`the robots' dialplan has an application that the stand-in does not know: ${application}`);
    }
  }

  #say(sound: Sound, frames: number): void {
    this.#sound = sound;
    this.#framesLeft = frames;
  }

  tick(): void {
    if (this.#framesLeft === 0) return;
    if (!this.#echoes) this.#channel.said(this.#sound());
    this.#framesLeft -= 1;
    if (this.#framesLeft === 0) this.start();
  }

  play(frame: Buffer): void {
    if (this.#echoes) this.#channel.said(frame);
  }

  end(): void {
    this.#framesLeft = 0;
  }
}
