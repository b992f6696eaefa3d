// The form for a rule on the coin in view. What the engine refuses is said at the field that its path names.

import { Failure, get } from "./api.js";
import { isOfCandles, operand, sentence } from "./conditions.js";
import { write } from "./freshness.js";
import { ask } from "./key.js";

/** Starts `form`. `added` is told each new rule. Returns a function that takes the `symbol` and `interval` in view. */
export function startRuleForm(form, added) {
  const fields = form.elements;
  const general = form.querySelector("[data-form-wrong]");
  let symbol = "";
  let hasList = false;

  const at = (name) => form.querySelector(`[data-field="${name}"]`);
  const isWebhook = () => fields.type.value === "webhook";

  /** Shows the fields that the choices need. */
  function fit() {
    at("interval").hidden = !isOfCandles(fields.figure.value);
    at("indicator").hidden = fields.figure.value !== "indicator";
    write(at("address").querySelector("[data-label]"), isWebhook() ? "URL of the webhook" : "Name of the channel");
    fields.address.inputMode = isWebhook() ? "url" : "text";
  }

  /** Returns the rule as the interface wants it. Text that is no number is sent as it is, for the engine to refuse. */
  function rule() {
    const chosen = { figure: fields.figure.value, interval: fields.interval.value, indicator: fields.indicator.value };
    const when = { left: operand({ symbol, ...chosen }), op: fields.op.value, right: number(fields.right.value) };
    return {
      name: fields.name.value.trim() || sentence(when).slice(0, 100),
      when,
      on: fields.on.value,
      hysteresis: number(fields.hysteresis.value),
      cooldownSeconds: number(fields.cooldownSeconds.value),
      repeat: fields.repeat.value === "true",
      notify: [{ type: fields.type.value, [isWebhook() ? "url" : "target"]: fields.address.value.trim() }],
    };
  }

  /** Returns the name of the field that a path of `details` means, undefined if there is none. */
  function fieldOf(path) {
    if (path.startsWith("when.left")) return fields.figure.value === "indicator" ? "indicator" : "figure";
    if (path.startsWith("when.op")) return "op";
    if (path.startsWith("when")) return "right";
    if (path.startsWith("notify")) return path.endsWith("type") ? "type" : "address";
    return at(path) ? path : undefined;
  }

  function clear() {
    write(general, "");
    for (const wrong of form.querySelectorAll("[data-wrong]")) {
      wrong.hidden = true;
      write(wrong, "");
    }
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      describe(field);
    }
  }

  /** Says a failure at its fields, and moves to the first of them. What belongs to none is said below the form. */
  function blame(failure) {
    const rest = [];
    for (const [path, reasons] of Object.entries(failure.details)) {
      const name = fieldOf(path);
      const text = [reasons].flat().join("; ");
      if (name) mark(name, text);
      else rest.push(`${path}: ${text}`);
    }
    const first = form.querySelector("[aria-invalid]");
    if (!first || rest.length) write(general, [failure.message, ...rest].join(". "));
    first?.focus();
  }

  function mark(name, text) {
    const wrong = at(name).querySelector("[data-wrong]");
    write(wrong, [wrong.textContent, text].filter(Boolean).join("; "));
    wrong.hidden = false;
    fields[name].setAttribute("aria-invalid", "true");
    describe(fields[name], wrong);
  }

  /** Has screen readers say a field's hint, and what is wrong with it. */
  function describe(field, wrong) {
    const ids = [document.getElementById(`${field.id}-hint`), wrong].flatMap((element) => element?.id ?? []);
    field.setAttribute("aria-describedby", ids.join(" "));
  }

  async function submit(event) {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    clear();
    button.disabled = true;
    try {
      const { data } = await ask("POST", "/api/alert-rules", rule());
      fields.name.value = "";
      added(data, isWebhook());
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Failure)) throw error;
      blame(error);
    } finally {
      button.disabled = false;
    }
  }

  /** Offers the indicators that there are, with each of their outputs. Without the list they can be typed. */
  async function offer() {
    if (hasList) return;
    hasList = true;
    try {
      const { body } = await get("/api/indicators/list");
      form.querySelector("datalist").replaceChildren(...body.data.flatMap(options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      hasList = false;
    }
  }

  form.addEventListener("submit", submit);
  form.addEventListener("change", fit);
  fields.indicator.addEventListener("focus", offer);
  fit();
  return (market) => {
    if (market.symbol === symbol && market.interval === form.dataset.interval) return;
    symbol = market.symbol;
    form.dataset.interval = fields.interval.value = market.interval;
    write(form.querySelector("h3"), `New rule on ${symbol}`);
  };
}

function options({ name, title, parameters, outputs }) {
  const base = [name, ...parameters.map((each) => each.default)];
  const keys = outputs.length > 1 ? outputs.map((output) => [...base, output]) : [base];
  return keys.map((key) => new Option(title, key.join(":")));
}

const number = (text) => (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : text.trim());
