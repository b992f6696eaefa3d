// Applies the colours of an earlier visit before the first paint.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser may refuse storage, for example in a frame of another site.
}
