// Makes a table one Tab stop with arrow keys inside, as a WAI-ARIA grid.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const STOP = ":is([data-cell], [data-cell] > button)[tabindex='0']";

/** Makes the cells of `table` reachable. Callers call `refresh` after adding or removing rows. */
export function startGrid(table) {
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-cell]");
    const next = cell && wanted(table, cell, event);
    if (!next) return;
    event.preventDefault();
    inner(next).focus();
    next.scrollIntoView({ block: "nearest" });
  });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) enter(table, cell);
  });
}

/** Lets Tab reach exactly one cell. */
export function refresh(table) {
  const current = table.querySelector(STOP);
  if (!current || !isShown(current)) enter(table, [...table.tBodies[0].querySelectorAll("[data-cell]")].find(isShown));
}

/**
 * Runs `change`, which moves, hides or removes rows of `table`, and keeps the focus: on the same cell, or on that in the
 * place of a row that is gone, or on `otherwise` where no row is left.
 */
export function keepFocus(table, change, otherwise) {
  const focused = document.activeElement;
  const cell = table.tBodies[0].contains(focused) ? focused.closest("[data-cell]") : null;
  const rows = () => [...table.tBodies[0].rows].filter(isShown);
  const place = cell ? rows().indexOf(cell.parentElement) : 0;
  change();
  if (!cell) return;
  const left = rows();
  if (left.includes(cell.parentElement)) {
    if (document.activeElement !== focused) focused.focus({ preventScroll: true }); // a row that is moved loses it
    return;
  }
  const instead = left[Math.min(place, left.length - 1)]?.cells[cell.cellIndex];
  (instead ? inner(instead) : otherwise)?.focus();
}

function enter(table, cell) {
  if (!cell) return;
  for (const other of table.querySelectorAll(STOP)) other.tabIndex = -1;
  inner(cell).tabIndex = 0;
}

function wanted(table, cell, event) {
  const rows = [...table.rows].filter(isShown);
  const row = rows.indexOf(cell.parentElement);
  const cells = shownCells(rows[row]);
  const column = cells.indexOf(cell);
  if (event.key === "Home") return shownCells(event.ctrlKey ? rows[0] : rows[row])[0];
  if (event.key === "End") return shownCells(event.ctrlKey ? rows.at(-1) : rows[row]).at(-1);
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const to = rows[row + step[0]];
  return to && shownCells(to)[column + step[1]];
}

/** Returns what has the focus in a cell: its button, if it has one. */
const inner = (cell) => cell.querySelector("button") ?? cell;
const isShown = (cell) => cell.offsetParent !== null;
const shownCells = (row) => [...row.cells].filter((cell) => isShown(cell) && "cell" in cell.dataset);
