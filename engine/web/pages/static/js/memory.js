// What this tab remembers over a reload, so that it need not be asked for again.

const storage = found();

/** What was kept under `key`, undefined where nothing was. */
export function recall(key) {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined; // not what this version writes
  }
}

/** Keeps `value` until the tab is closed. */
export function remember(key, value) {
  try {
    storage?.setItem(key, JSON.stringify(value));
  } catch {
    // It is full: what is in memory has to do.
  }
}

function found() {
  try {
    return sessionStorage;
  } catch {
    return undefined; // refused, in a frame of another site for instance
  }
}
