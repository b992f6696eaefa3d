// The key of this tab's user: kept in the tab's storage, sent in a header, forgotten once the engine refuses it.

import { send } from "./api.js";
import { tab } from "./memory.js";

const NAME = "key";
let key = tab.recall(NAME);
let refused = () => {};

/** Returns whether there is a key. */
export const hasKey = () => key !== undefined;

/** Calls `tell` with the failure when the engine refuses the key, which is forgotten then. */
export function onRefusal(tell) {
  refused = tell;
}

/** Uses `text` from now on. */
export function useKey(text) {
  key = text;
  tab.remember(NAME, text);
}

/** Forgets the key. */
export function forgetKey() {
  key = undefined;
  tab.forget(NAME);
}

/**
 * Sends a request with the key, and returns the answer's body. Throws a `Failure`, or an `AbortError` if the user has
 * another key by now, or none: the answer is another's.
 */
export async function ask(method, path, body) {
  const sent = key;
  try {
    const answer = await send(method, path, { key: sent, body });
    isOf(sent);
    return answer;
  } catch (error) {
    isOf(sent);
    if (error.code === "UNAUTHORIZED") {
      forgetKey();
      refused(error);
    }
    throw error;
  }
}

function isOf(sent) {
  if (sent !== key) throw new DOMException("The key has changed", "AbortError");
}
