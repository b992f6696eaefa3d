// Makes a table one Tab stop with arrow keys inside, as a WAI-ARIA grid.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Makes the cells of `table` reachable. Callers call `refresh` after adding or removing rows. */
export function startGrid(table) {
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-cell]");
    const next = cell && wanted(table, cell, event);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) enter(table, cell);
  });
}

/** Lets Tab reach exactly one cell. */
export function refresh(table) {
  const current = table.querySelector("[data-cell][tabindex='0']");
  if (!current || !isShown(current)) enter(table, [...table.querySelectorAll("[data-cell]")].find(isShown));
}

function enter(table, cell) {
  if (!cell) return;
  for (const other of table.querySelectorAll("[data-cell][tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
}

function wanted(table, cell, event) {
  const rows = [...table.tBodies[0].rows];
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

const isShown = (cell) => cell.offsetParent !== null;
const shownCells = (row) => [...row.cells].filter(isShown);
