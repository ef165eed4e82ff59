import { expect, test } from 'vitest';
import { ReadingPlaces, TooManyReadings } from '../../../server/imports/reading-places.ts';

/** Readings that end when they are told to, and the order in which they began. */
function readings(places: ReadingPlaces) {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const read = (customer: string, name = customer) => places.during(customer, () => { began.push(name); return new Promise<string>((resolve) => ends.set(name, () => resolve(name))); });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { began, read, settle, end: async (name: string) => { ends.get(name)?.(); await settle(); } };
}

test('so many files are read at once; the others wait for their turn, a customer who has none being read first', async () => {
  const { began, read, settle, end } = readings(new ReadingPlaces({ places: 2 }));
  const all = [read('a', 'a1'), read('a', 'a2'), read('a', 'a3'), read('b', 'b1'), read('c', 'c1')];
  await settle();
  expect(began).toEqual(['a1', 'a2']);
  await end('a1');
  expect(began).toEqual(['a1', 'a2', 'b1']);
  await end('b1');
  await end('c1');
  await end('a2');
  await end('a3');
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'c1']);
  expect(began).toEqual(['a1', 'a2', 'b1', 'c1', 'a3']);
});

test('a reading that fails gives its place back', async () => {
  const places = new ReadingPlaces({ places: 1 });
  await expect(places.during('a', () => Promise.reject(new Error('broken file')))).rejects.toThrow('broken file');
  expect(await places.during('a', () => Promise.resolve('read'))).toBe('read');
});

test('nobody waits for ever, and nobody fills the queue alone', async () => {
  const { read, end, settle } = readings(new ReadingPlaces({ places: 1, waitingMostOfOne: 1, waitingMost: 2, patienceMs: 30 }));
  const first = read('a', 'a1');
  const second = read('a', 'a2');
  await settle();
  await expect(read('a', 'a3')).rejects.toBeInstanceOf(TooManyReadings);
  const other = read('b', 'b1');
  await expect(read('c', 'c1')).rejects.toBeInstanceOf(TooManyReadings);
  await expect(second).rejects.toBeInstanceOf(TooManyReadings);
  await expect(other).rejects.toBeInstanceOf(TooManyReadings);
  await end('a1');
  expect(await first).toBe('a1');
});
