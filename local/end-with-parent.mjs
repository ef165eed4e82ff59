// Loaded before a program that the launcher starts: when the launcher is gone, even by kill -9, its end of the channel
// closes and the program ends as it would on SIGTERM. The channel alone keeps nothing alive.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
