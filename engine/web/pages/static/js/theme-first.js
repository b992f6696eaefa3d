// Before anything is painted: the colours that were chosen on an earlier visit.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser may refuse to keep anything, in a frame of another site for instance.
}
