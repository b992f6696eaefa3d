// Light or dark colours: the system's, until the user chooses.

const system = matchMedia("(prefers-color-scheme: dark)");

/** Returns whether the page is dark. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/** Calls `paint` when the colours change. */
export function onTheme(paint) {
  document.addEventListener("theme", paint);
}

/** Returns a current colour of the style sheet, by its property's name without the dashes. */
export function colour(name) {
  const probe = document.getElementById("main");
  probe.style.setProperty("outline-color", `var(--${name})`);
  const found = getComputedStyle(probe).outlineColor;
  probe.style.removeProperty("outline-color");
  return found;
}

/** Activates the switch. */
export function startTheme() {
  const control = document.querySelector("[data-theme-switch]");
  const update = () => {
    control.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("theme"));
  };
  control.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // The choice then holds for this visit only.
    }
    update();
  });
  system.addEventListener("change", update);
  update();
}
