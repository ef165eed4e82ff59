/** A seeded source of chance (mulberry32): the same seed draws the same plans and moments. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** One of the given, by weight. */
  pick<T>(weighted: readonly (readonly [weight: number, value: T])[]): T {
    const whole = weighted.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.next() * whole;
    for (const [weight, value] of weighted) {
      at -= weight;
      if (at < 0) return value;
    }
    return weighted[weighted.length - 1]![1];
  }

  /** A source of its own: what is drawn there does not depend on the order of things here. */
  child(): Chance {
    return new Chance(Math.floor(this.next() * 4_294_967_296));
  }
}
