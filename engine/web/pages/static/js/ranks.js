// Explains the ranks that a list of coins leaves out.

const NAMED = 6;

/** Returns a sentence about the ranks between 1 and the largest of `ranks` that are not among them, or "". */
export function left(ranks) {
  const there = new Set(ranks);
  const last = Math.max(0, ...ranks.filter(Number.isInteger));
  const gaps = Array.from({ length: last }, (_, index) => index + 1).filter((rank) => !there.has(rank));
  if (!gaps.length) return "";
  const which = gaps.length > NAMED ? `${gaps.length} ranks up to ${last}`
    : gaps.length > 1 ? `Ranks ${gaps.slice(0, -1).join(", ")} and ${gaps.at(-1)}` : `Rank ${gaps[0]}`;
  return `${which} belong${gaps.length > 1 ? "" : "s"} to coins that are not in this list, such as stablecoins. The search finds them.`;
}
