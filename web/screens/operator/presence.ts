/**
 * Whether a page of this browser still stands open. A copied tab brings the storage of the page that it was copied from,
 * just as a reload does: only the page itself can tell that it is still there.
 */
interface Said { readonly ask?: string; readonly here?: string }

const channelName = 'operator pages';
const patienceMs = 250;

/** Answers for this page until stopped. */
export function answerFor(pageId: string): () => void {
  const channel = open();
  channel?.addEventListener('message', ({ data }: MessageEvent<Said>) => { if (data.ask === pageId) channel.postMessage({ here: pageId }); });
  return () => channel?.close();
}

export async function isPageOpen(pageId: string): Promise<boolean> {
  const channel = open();
  if (!channel) return false;
  const answered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.here !== pageId) return;
      clearTimeout(timer);
      resolve(true);
    });
    channel.postMessage({ ask: pageId });
  });
  channel.close();
  return answered;
}

function open(): BroadcastChannel | null {
  return typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(channelName);
}
