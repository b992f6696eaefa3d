// Keeps data of this tab across reloads, so that it need not be loaded again.

const storage = found();

/** Returns the value of `key`, or undefined. */
export function recall(key) {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined; // another version wrote it
  }
}

/** Keeps `value` until the tab is closed. */
export function remember(key, value) {
  try {
    storage?.setItem(key, JSON.stringify(value));
  } catch {
    // The storage is full; the values in memory remain.
  }
}

/** Forgets the value of `key`. */
export function forget(key) {
  storage?.removeItem(key);
}

function found() {
  try {
    return sessionStorage;
  } catch {
    return undefined; // refused, for example in a frame of another site
  }
}
