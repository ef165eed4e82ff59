import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkedKey, SoundMissing, type RecordingStore } from './store.ts';

/** A folder, one below it for each customer. With several hosts all must see the same one. */
export function folderStore(directory: string): RecordingStore {
  const root = path.resolve(directory);
  const fileOf = (key: string) => path.join(root, checkedKey(key));
  return {
    what: root,
    async put(key, file) {
      const to = fileOf(key);
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
      // Whole or not at all: a name that can be read is never half a file.
      const making = `${to}.new`;
      await copyFile(file, making);
      const handle = await open(making, 'r');
      await handle.sync().finally(() => handle.close());
      await rename(making, to);
      const folder = await open(path.dirname(to), 'r');
      await folder.sync().finally(() => folder.close());
    },
    async read(key, { start, end }) {
      const handle = await open(fileOf(key), 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new SoundMissing(key) : error;
      });
      return handle.createReadStream({ start, end });
    },
    remove: (key) => rm(fileOf(key), { force: true }),
  };
}
