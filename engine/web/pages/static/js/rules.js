// The panel of alert rules: asks for a key, and shows its owner's rules while there is one.

import { announce } from "./announce.js";
import { Failure } from "./api.js";
import { Freshness, write } from "./freshness.js";
import { ask, forgetKey, hasKey, onRefusal, useKey } from "./key.js";
import { Poll, retreat } from "./poll.js";
import { startRuleForm } from "./rule-form.js";
import { RuleList } from "./rule-list.js";
import { startSecrets } from "./secrets.js";

const PATH = "/api/alert-rules";
const EVERY = 15;
const SOON = [1, 2, 4, 8]; // after a change, until the engine has judged and delivered
const SELDOM = 3600; // without a key there is nothing to ask

/** Starts the panel, and returns a function that takes the market in view. */
export function startRules(panel) {
  const at = (selector) => panel.querySelector(selector);
  const owned = at("[data-owned]");
  const key = at("#rule-key");
  const list = new RuleList(at("[data-kept]"), changed);
  const show = startRuleForm(at("[data-new]"), added);
  const secrets = startSecrets(at("[data-secrets]"), at("template[data-secret]"), () => at("[data-kept] h3").focus());
  let freshness;
  let failures = 0;
  let turns = SOON.length;

  async function turn() {
    if (!hasKey()) return SELDOM;
    try {
      const { data } = await ask("GET", PATH);
      list.show(data);
      freshness.arrived({ made: Date.now(), lifetime: 2 * EVERY, stale: false });
      failures = 0;
      return SOON[turns++] ?? EVERY;
    } catch (error) {
      if (error.name === "AbortError" || error.code === "UNAUTHORIZED") return SELDOM;
      if (!(error instanceof Failure)) throw error;
      failures += 1;
      const wait = error.code === "FEATURE_DISABLED" ? 600 : retreat(failures, error.wait);
      freshness.failed(error, wait);
      return wait;
    }
  }

  function changed() {
    turns = 0;
    poll.now();
  }

  function added(rule, isSigned) {
    announce(`The rule ${rule.name} is added`);
    if (isSigned) secrets.show(rule);
    changed();
  }

  /** Shows what there is with a key, or asks for one. */
  function fit() {
    owned.hidden = at("[data-forget]").hidden = !hasKey();
    at("[data-key]").hidden = hasKey();
    if (hasKey()) freshness ??= new Freshness(at("[data-kept]"), "Alert rules", PATH);
    freshness?.forget();
    if (hasKey()) return;
    list.clear();
    secrets.clear();
  }

  onRefusal(({ message }) => {
    fit();
    write(at("[data-key-wrong]"), `${message}. The key is forgotten.`);
    key.setAttribute("aria-invalid", "true");
    key.focus();
  });
  at("[data-key]").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = key.value.trim();
    write(at("[data-key-wrong]"), "");
    key.removeAttribute("aria-invalid");
    key.value = "";
    if (!/^[!-~]+$/.test(text)) return write(at("[data-key-wrong]"), "A key has letters, digits and signs alone.");
    useKey(text);
    fit();
    at("[data-kept] h3").focus();
    poll.now();
  });
  at("[data-forget]").addEventListener("click", () => {
    forgetKey();
    fit();
    announce("The key is forgotten");
    key.focus();
  });
  const poll = new Poll(turn);
  fit();
  poll.start();
  return show;
}
