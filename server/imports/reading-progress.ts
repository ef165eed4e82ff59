/** How far each file is read, for the page that waits for it; named by the page, known only to its own customer. */
export class ReadingProgress {
  private readonly rowsRead = new Map<string, number>();

  /** Runs `read` and knows meanwhile what it reports. */
  async during<T>(customerId: string, id: string | undefined, read: (report: (progress: { readonly rowsRead: number }) => void) => Promise<T>): Promise<T> {
    if (id === undefined) return read(() => undefined);
    const key = `${customerId}/${id}`;
    this.rowsRead.set(key, 0);
    try {
      return await read(({ rowsRead }) => this.rowsRead.set(key, rowsRead));
    } finally {
      this.rowsRead.delete(key);
    }
  }

  /** Undefined when nothing of this name is being read. */
  of(customerId: string, id: string): number | undefined {
    return this.rowsRead.get(`${customerId}/${id}`);
  }
}
