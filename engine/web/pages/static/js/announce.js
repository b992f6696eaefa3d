// What changed, aloud: only what somebody who does not see the page would want to be interrupted for.

/** Says `text` once to a screen reader, when it is silent. */
export function announce(text) {
  document.querySelector("[data-announcer]").textContent = text;
}
