/**
 * One clock for both ends of a talk. Events bear the switch's time, requests and deadlines ours; on two hosts these differ,
 * and the difference would be paid for as talk. Of all events lately received the quickest says how far the switch's clock
 * is off: what others took longer was their way.
 */

/** Both ends on one host: up to this much is the way of the quickest event, not another clock, ms. */
const mostOnTheWayMs = 50;
/** The quickest is looked for among the events of the last one or two of these, so that a clock that is put right is followed. */
const stretchMs = 30_000;

export class SwitchClock {
  #since = Number.NEGATIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  /** An event of that time of the switch came at that time of ours; both ms since the epoch. */
  note(switchMs: number, receivedMs: number): void {
    if (Math.abs(receivedMs - this.#since) > stretchMs) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
      this.#since = receivedMs;
    }
    this.#least = Math.min(this.#least, receivedMs - switchMs);
  }

  /** A time of the switch in ours, ms since the epoch. */
  ours(switchMs: number): number {
    const offMs = Math.min(this.#least, this.#leastBefore);
    if (!Number.isFinite(offMs) || (offMs >= 0 && offMs <= mostOnTheWayMs)) return switchMs;
    return switchMs + offMs;
  }
}
