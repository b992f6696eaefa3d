// Announces changes to screen readers: only those that are worth an interruption.

/** Says `text` once to a screen reader, when it is silent. */
export function announce(text) {
  document.querySelector("[data-announcer]").textContent = text;
}
