// The view in the page's URL: `#ETH/4h?compare=BTC`, as the page writes it, or any text that a user was sent.

const OPTIONS = ["compare", "scale", "sort", "only"];

/** Returns the `coin` and the `interval` in the URL and the options of the view, without those that are missing or malformed. */
export function looked() {
  try {
    const [path, query = ""] = location.hash.slice(1).split("?");
    const [coin, interval] = path.split("/").map(decodeURIComponent);
    const options = new URLSearchParams(query);
    const view = [["coin", coin], ["interval", interval], ...OPTIONS.map((name) => [name, options.get(name)])];
    return Object.fromEntries(view.filter(([, value]) => value));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return {};
  }
}

/** Adds a view to the history: the current one with `changes`. It does nothing for the current one itself. */
export function go(changes) {
  const address = written(changes);
  if (address !== location.hash) history.pushState(null, "", address);
}

/** Replaces the view by the current one with `changes`. */
export function stay(changes) {
  history.replaceState(null, "", written(changes));
}

/**
 * Calls `show` when a user goes back or forward, or writes another address. `show` adds no view to the history, which
 * would lead back to the page itself for ever.
 */
export const onReturn = (show) => addEventListener("popstate", show);

function written(changes) {
  const { coin, interval, ...options } = { ...looked(), ...changes };
  const known = OPTIONS.filter((name) => options[name]).map((name) => [name, options[name]]);
  const query = known.length ? `?${new URLSearchParams(known)}` : "";
  return `#${[coin, interval].filter(Boolean).map(plain).join("/")}${query}`;
}

/** Encodes a name of a market; `@` and `:` stay, which are part of many. */
const plain = (name) => encodeURIComponent(name).replace(/%40/g, "@").replace(/%3A/g, ":");

/** Lets the link to another page of this server lead to the same market. */
export function keepOn(page, coin, interval) {
  const link = document.querySelector(`[data-page="${page}"]`);
  link.hash = `#${plain(coin)}/${plain(interval)}`;
}
