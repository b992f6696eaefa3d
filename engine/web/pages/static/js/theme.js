// Light or dark: as the system says, until somebody chooses.

const system = matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/** Calls `paint` when the colours have changed. */
export function onTheme(paint) {
  document.addEventListener("theme", paint);
}

/** A colour of the style sheet as it is now, by the name of its property without the dashes. */
export function colour(name) {
  const probe = document.getElementById("main");
  probe.style.setProperty("outline-color", `var(--${name})`);
  const found = getComputedStyle(probe).outlineColor;
  probe.style.removeProperty("outline-color");
  return found;
}

/** Brings the switch to life. */
export function startTheme() {
  const control = document.querySelector("[data-theme-switch]");
  const told = () => {
    control.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("theme"));
  };
  control.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // It holds for this visit then.
    }
    told();
  });
  system.addEventListener("change", told);
  told();
}
