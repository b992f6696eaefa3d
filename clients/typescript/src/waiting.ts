/** When a request is tried again. */

import type { EngineError } from "./errors.js";

const TOO_MANY = 429;
const UNTOLD = 1; // seconds, where a 429 does not say how long

/**
 * Return the seconds until a refused request is sent again, or null.
 *
 * A quota that is spent opens after `Retry-After`. All pauses of a request take at most `patience` seconds.
 */
export function pauseAfter(error: EngineError, waited: number, patience: number): number | null {
  if (error.status !== TOO_MANY) return null;
  const pause = error.retryAfter === null ? UNTOLD : Math.max(error.retryAfter, 0.05);
  return waited + pause <= patience ? pause : null;
}

/** Wait for `seconds`. */
export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
