/**
 * Milliseconds since the process started. As `performance.now()`, which in Node 20 loads a dozen modules when it is first
 * looked at: as long as ten passes over a small model take.
 */
export function now(): number {
  return process.uptime() * 1000;
}
