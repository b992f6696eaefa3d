// Explains a number in a tip: shown on hover or focus, hidden by Escape.

const explained = new WeakMap();
const GAP = 8;
let shown;

/** Explains `element` by `lines`, which returns texts, and rows of a label and a value. */
export function explain(element, lines) {
  element.dataset.tip = "";
  explained.set(element, lines);
}

/** Activates the tip. */
export function startTips() {
  const tip = document.getElementById("tip");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || tip.contains(event.target)) return;
    const element = event.target.closest("[data-tip]");
    if (element !== shown) (element ? show : hide)(tip, element ?? focused());
  });
  document.documentElement.addEventListener("pointerleave", () => hide(tip, focused()));
  document.addEventListener("focusin", (event) => show(tip, event.target.closest("[data-tip]")));
  document.addEventListener("focusout", () => hide(tip));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide(tip);
  });
  addEventListener("scroll", () => hide(tip, focused()), { passive: true });
  setInterval(() => {
    if (shown && !document.hidden) fill(tip, shown);
  }, 1000);
}

const focused = () => document.activeElement?.closest("[data-tip]:focus-visible") ?? null;

function show(tip, element) {
  hide(tip);
  if (!element || !explained.has(element) || !fill(tip, element)) return;
  shown = element;
  element.setAttribute("aria-describedby", tip.id);
  const front = document.fullscreenElement ?? document.body; // nothing else is seen beside a full screen
  if (tip.parentElement !== front) front.append(tip);
  tip.hidden = false;
  place(tip, element);
}

/** Hides the tip, and explains the focused element again, if there is one. */
function hide(tip, instead = null) {
  if (shown && shown === instead) return place(tip, shown);
  shown?.removeAttribute("aria-describedby");
  shown = undefined;
  tip.hidden = true;
  if (instead) show(tip, instead);
}

function fill(tip, element) {
  const lines = explained.get(element)();
  tip.replaceChildren(...lines.map(line));
  return lines.length > 0;
}

function line(content) {
  const row = document.createElement("p");
  if (typeof content === "string") {
    row.textContent = content;
    return row;
  }
  const [label, value] = content;
  const name = document.createElement("span");
  name.textContent = label;
  const what = document.createElement("b");
  what.textContent = value;
  row.append(name, " ", what);
  row.className = "row";
  return row;
}

function place(tip, element) {
  const at = element.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const above = at.top - height - GAP;
  const below = Math.min(at.bottom + GAP, innerHeight - height - GAP);
  const left = Math.min(at.left, document.documentElement.clientWidth - width - GAP);
  tip.style.left = `${Math.max(GAP, left)}px`;
  tip.style.top = `${above > GAP ? above : below}px`;
}
