// The list of the owner's rules: their states with the reasons, and what can be done with them.

import { announce } from "./announce.js";
import { Failure } from "./api.js";
import { sentence } from "./conditions.js";
import { showDeliveries } from "./deliveries.js";
import { moment } from "./format.js";
import { write } from "./freshness.js";
import { ask } from "./key.js";
import { tab } from "./memory.js";

const ENDS = "ends of paused rules";

/** The list in `place`. `changed` is called after each change. */
export class RuleList {
  #place;
  #changed;
  #rows = new Map();
  #rules = new Map();

  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
  }

  /** Shows `rules`, the newest first, and loads the deliveries that are open again. */
  show(rules) {
    const before = this.#rules;
    this.#rules = new Map(rules.toReversed().map((rule) => [rule.id, rule]));
    for (const [id, row] of this.#rows) if (!this.#rules.has(id)) this.#drop(id, row);
    const list = this.#find("[data-rules]");
    [...this.#rules.values()].forEach((rule, index) => {
      const row = this.#patch(rule);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
      const old = before.get(rule.id);
      if (old && word(old) !== word(rule)) announce(`${rule.name}: ${word(rule)}`);
      if (isOpen(row)) this.#tell(() => showDeliveries(row.querySelector("[data-deliveries]"), rule.id));
    });
    this.#find("[data-none]").hidden = rules.length > 0;
  }

  /** Removes everything that belongs to a key. */
  clear() {
    for (const [id, row] of this.#rows) this.#drop(id, row);
    this.#rules.clear();
    write(this.#find("[data-list-wrong]"), "");
    this.#find("[data-none]").hidden = true;
  }

  #find(selector) {
    return this.#place.querySelector(selector);
  }

  #drop(id, row) {
    row.remove();
    this.#rows.delete(id);
  }

  #patch(rule) {
    if (!this.#rows.has(rule.id)) this.#rows.set(rule.id, this.#make(rule.id));
    const row = this.#rows.get(rule.id);
    const state = word(rule);
    row.dataset.rule = state;
    write(row.querySelector("[data-name]"), rule.name);
    write(row.querySelector("[data-word]"), state);
    write(row.querySelector("[data-condition]"), conditionOf(rule));
    const reason = row.querySelector("[data-reason]");
    write(reason, reasonOf(rule, state));
    reason.hidden = !reason.textContent;
    write(row.querySelector("[data-act=pause]"), isAtRest(rule) ? "Resume" : "Pause");
    for (const button of row.querySelectorAll("[data-act]")) {
      button.setAttribute("aria-label", `${button.textContent}: ${rule.name}`);
    }
    return row;
  }

  #make(id) {
    const row = this.#place.parentElement.querySelector("template[data-rule]").content.firstElementChild.cloneNode(true);
    const acts = {
      pause: () => this.#pause(this.#rules.get(id)),
      test: () => this.#test(row, id),
      deliveries: () => this.#toggle(row, id),
      delete: (button) => this.#delete(button, id),
    };
    for (const button of row.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => {
        write(this.#find("[data-list-wrong]"), "");
        this.#tell(() => acts[button.dataset.act](button));
      });
    }
    row.querySelector("[data-act=delete]").addEventListener("blur", ({ target }) => reword(target, "Delete"));
    return row;
  }

  /** Runs `work`, and says why it failed. */
  async #tell(work) {
    try {
      await work();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Failure)) throw error;
      write(this.#find("[data-list-wrong]"), error.message);
    }
  }

  /** Pauses a rule, which has an end in the past then, or lets it go on until the end that it had. */
  async #pause(rule) {
    const ends = tab.recall(ENDS) ?? {};
    const rests = isAtRest(rule);
    if (!rests) tab.remember(ENDS, { ...ends, [rule.id]: rule.expiresAt });
    await ask("PATCH", `/api/alert-rules/${rule.id}`, { expiresAt: rests ? later(ends[rule.id]) : rule.createdAt });
    this.#changed();
  }

  async #test(row, id) {
    await ask("POST", `/api/alert-rules/${id}/test`);
    announce("A test is on its way");
    open(row, true);
    await showDeliveries(row.querySelector("[data-deliveries]"), id);
    this.#changed();
  }

  async #toggle(row, id) {
    open(row, !isOpen(row));
    if (isOpen(row)) await showDeliveries(row.querySelector("[data-deliveries]"), id);
  }

  /** Deletes a rule when its button is pressed twice. */
  async #delete(button, id) {
    if (!button.dataset.sure) {
      reword(button, "Delete for good");
      button.dataset.sure = "true";
      return announce("Press again to delete the rule with its deliveries");
    }
    await ask("DELETE", `/api/alert-rules/${id}`);
    this.show([...this.#rules.values()].filter((rule) => rule.id !== id).toReversed());
    announce("The rule is deleted");
    this.#find("h3").focus();
    this.#changed();
  }
}

const isOpen = (row) => !row.querySelector("[data-deliveries]").hidden;

function open(row, isShown) {
  row.querySelector("[data-deliveries]").hidden = !isShown;
  row.querySelector("[data-act=deliveries]").setAttribute("aria-expanded", String(isShown));
}

function reword(button, text) {
  const name = button.closest("li").querySelector("[data-name]").textContent;
  delete button.dataset.sure;
  write(button, text);
  button.setAttribute("aria-label", `${text}: ${name}`);
}

// A paused rule ends when it was made, which is past by the engine's clock, however this one goes.
const isPaused = (rule) => rule.expiresAt !== null && rule.expiresAt === rule.createdAt;
const isAtRest = (rule) => isPaused(rule) || rule.endedAt !== null;
const later = (end) => (end && Date.parse(end) > Date.now() ? end : null);

function word(rule) {
  if (isPaused(rule)) return "paused";
  return rule.endedAt === null ? rule.state : "ended";
}

function reasonOf(rule, state) {
  const fired = rule.firedAt ? `fired last ${moment(Date.parse(rule.firedAt))}` : "";
  return [state === "paused" ? "" : rule.reason, fired].filter(Boolean).join("; ");
}

function conditionOf({ name, when, on, notify }) {
  const said = sentence(when);
  const judged = on === "close" ? "at closed candles" : "at every new value";
  const targets = notify.map(({ type, url, target }) => (url ? new URL(url).host : `${type} ${target}`));
  return `${said === name ? "" : `${said}, `}${judged} → ${targets.join(", ")}`;
}
