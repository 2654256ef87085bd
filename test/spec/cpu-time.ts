/**
 * Processor time of this process so far, in milliseconds. Tests bound it, and not the clock, to see that nothing takes time out of proportion: how busy
 * the machine is must not matter.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
