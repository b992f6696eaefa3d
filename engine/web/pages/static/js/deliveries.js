// Shows what came of the deliveries of one rule, the newest first.

import { moment } from "./format.js";
import { write } from "./freshness.js";
import { ask } from "./key.js";

const MOST = 20;

/** Loads the deliveries of the rule `id` into `place`. */
export async function showDeliveries(place, id) {
  const { data } = await ask("GET", `/api/alert-rules/${id}/deliveries`);
  const rows = data.slice(0, MOST).map(row);
  place.querySelector("table").hidden = !rows.length;
  place.querySelector("tbody").replaceChildren(...rows);
  const few = data.length > MOST ? `The newest ${MOST} of ${data.length} attempts in the last 30 days.` : "";
  const note = place.querySelector("[data-deliveries-note]");
  write(note, rows.length ? few : "Nothing was sent in the last 30 days.");
  note.hidden = !note.textContent;
}

function row({ id, time, attempt, status, outcome, nextAttempt }) {
  const element = document.createElement("tr");
  element.dataset.outcome = outcome;
  element.append(
    cell(moment(Date.parse(time))),
    cell(status === null || outcome.includes(status) ? outcome : `${outcome}, HTTP ${status}`),
    cell(attempt || "–", "number"),
    cell(nextAttempt ? moment(Date.parse(nextAttempt)) : "–"),
    cell(id, "message"),
  );
  return element;
}

function cell(text, kind = "") {
  const element = document.createElement("td");
  element.textContent = text;
  element.className = kind;
  return element;
}
