/**
 * Milliseconds from some point in the past. As `performance.now()`, which in Node 20 loads a dozen modules when it is
 * first looked at: as long as ten passes over a small model take.
 */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
