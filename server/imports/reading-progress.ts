import { ReadingPlaces } from './reading-places.ts';

/** How far each file is read, for the page that waits for it; named by the page, known only to its own customer. */
export class ReadingProgress {
  private readonly rowsRead = new Map<string, number>();
  private readonly places: ReadingPlaces;

  constructor(places = new ReadingPlaces()) {
    this.places = places;
  }

  /** Runs `read`, as soon as it is its turn, and knows meanwhile what it reports. @throws TooManyReadings */
  async during<T>(customerId: string, id: string | undefined, read: (report: (progress: { readonly rowsRead: number }) => void) => Promise<T>): Promise<T> {
    if (id === undefined) return this.places.during(customerId, () => read(() => undefined));
    const key = `${customerId}/${id}`;
    this.rowsRead.set(key, 0);
    try {
      return await this.places.during(customerId, () => read(({ rowsRead }) => this.rowsRead.set(key, rowsRead)));
    } finally {
      this.rowsRead.delete(key);
    }
  }

  /** Undefined when nothing of this name is being read. */
  of(customerId: string, id: string): number | undefined {
    return this.rowsRead.get(`${customerId}/${id}`);
  }
}
