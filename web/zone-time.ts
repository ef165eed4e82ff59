/** Wall-clock times of a zone, without a library: the operator's page is small. */

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What the clock in `zone` shows, `YYYY-MM-DDTHH:mm` as an `<input type="datetime-local">` has it.
 * @param atMs milliseconds since 1970 UTC
 * @param zone IANA name; an unknown one throws RangeError
 */
export function wallTime(atMs: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(zone, format);
  }
  return format.format(atMs).replace(' ', 'T');
}

/**
 * When the clock in `zone` shows that time. One that comes twice is the first of the two, one that the clock skips the
 * same stretch behind the gap.
 * @param text `YYYY-MM-DDTHH:mm`
 * @returns milliseconds since 1970 UTC; undefined for anything that is not such a time
 */
export function fromWallTime(text: string, zone: string): number | undefined {
  const asUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return undefined;
  const offsetAt = (atMs: number) => Date.parse(`${wallTime(atMs, zone)}Z`) - Math.floor(atMs / 60_000) * 60_000;
  const day = 86_400_000;
  const candidates = [asUtc - offsetAt(asUtc - day), asUtc - offsetAt(asUtc + day)].filter((atMs) => wallTime(atMs, zone) === text);
  return candidates.length > 0 ? Math.min(...candidates) : asUtc - offsetAt(asUtc - day);
}
