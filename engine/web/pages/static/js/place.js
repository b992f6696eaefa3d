// Reads the market from the URL: `#ETH/4h`, as the page writes it, or any text that a user was sent.

/** Returns the market and the interval in the URL, each undefined if it is missing or malformed. */
export function looked() {
  try {
    const [market, interval] = decodeURIComponent(location.hash.slice(1)).split("/");
    return [market || undefined, interval || undefined];
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return [];
  }
}
