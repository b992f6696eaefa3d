// Shows the secrets of new rules, each once: until it is kept, another key is used, or the page is closed.

import { announce } from "./announce.js";
import { write } from "./freshness.js";

/** Returns `show`, which adds a rule's secret to `place`, and `clear`. `done` is called when one has been kept. */
export function startSecrets(place, template, done) {
  return {
    show(rule) {
      const box = template.content.firstElementChild.cloneNode(true);
      const secret = box.querySelector("input");
      secret.value = rule.secret;
      write(box.querySelector("strong"), `The secret of the rule “${rule.name}”. It is shown only now.`);
      box.setAttribute("aria-label", `The secret of ${rule.name}`);
      box.querySelector("[data-copy]").addEventListener("click", () => copy(secret));
      box.querySelector("[data-done]").addEventListener("click", () => {
        box.remove();
        done();
      });
      place.append(box);
      box.focus();
    },
    clear: () => place.replaceChildren(),
  };
}

async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    announce("The secret is copied");
  } catch {
    announce("Copying is not allowed here; the secret is selected"); // no permission, or no secure page
  }
}
