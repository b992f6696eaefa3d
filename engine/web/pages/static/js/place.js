// What the address says was looked at: `#ETH/4h`, as the page itself writes it, or whatever somebody was sent.

/** The market and the interval of the address, either undefined where it names none that can be read. */
export function looked() {
  try {
    const [market, interval] = decodeURIComponent(location.hash.slice(1)).split("/");
    return [market || undefined, interval || undefined];
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return [];
  }
}
