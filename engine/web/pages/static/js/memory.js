// Keeps data across reloads: as long as this tab is open, or as long as the browser keeps it.

/** Values by key in a storage of the browser. Without it they hold until the page is left. */
class Memory {
  #storage;

  constructor(find) {
    try {
      this.#storage = find();
    } catch {
      // It is refused, for example in a frame of another site.
    }
  }

  /** Returns the value of `key`, or undefined. */
  recall(key) {
    try {
      return JSON.parse(this.#storage?.getItem(key) ?? "null") ?? undefined;
    } catch {
      return undefined; // another version wrote it
    }
  }

  /** Keeps `value`. */
  remember(key, value) {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
    } catch {
      // The storage is full; the values in memory remain.
    }
  }

  /** Forgets the value of `key`. */
  forget(key) {
    this.#storage?.removeItem(key);
  }
}

/** What is known until the tab is closed, so that it need not be loaded again. */
export const tab = new Memory(() => sessionStorage);

/** What a user has chosen for later visits, too. */
export const browser = new Memory(() => localStorage);
