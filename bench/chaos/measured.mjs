// Loaded before a controller whose memory is measured: asked over the channel, it collects its garbage and tells.
process.on('message', (message) => {
  if (message !== 'measure') return;
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const resources = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const { heapUsed, rss } = process.memoryUsage();
  process.send?.({ heapUsed, rss, resources });
});
