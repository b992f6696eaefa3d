// Draws Fear & Greed on a half circle, from 0 to 100.

const SVG = "http://www.w3.org/2000/svg";
const [X, Y, RADIUS] = [100, 98, 78];
const BANDS = [["extreme-fear", 0, 25], ["fear", 25, 45], ["neutral", 45, 55], ["greed", 55, 75], ["extreme-greed", 75, 100]];

/** Draws a dial in `svg`; the returned function moves its hand to a value, or removes it. */
export function makeGauge(svg) {
  for (const [name, from, to] of BANDS) {
    svg.append(shape("path", { class: `band ${name}`, d: arc(from + 0.6, to - 0.6) }));
  }
  const hand = shape("path", { class: "hand" });
  const value = shape("text", { class: "value", x: X, y: Y - 10, "text-anchor": "middle" });
  svg.append(hand, value, label(X - RADIUS, "0"), label(X + RADIUS, "100"));
  return (reading) => {
    hand.setAttribute("d", reading ? needle(reading.value) : "");
    value.textContent = reading ? String(reading.value) : "–";
    svg.setAttribute("aria-label", reading
      ? `Fear and Greed: ${reading.value} of 100, ${reading.classification}` : "Fear and Greed is unknown");
  };
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function label(x, text) {
  const made = shape("text", { class: "end", x, y: Y + 12, "text-anchor": "middle" });
  made.textContent = text;
  return made;
}

function arc(from, to) {
  const [startX, startY] = point(from, RADIUS);
  const [endX, endY] = point(to, RADIUS);
  return `M${startX} ${startY}A${RADIUS} ${RADIUS} 0 0 1 ${endX} ${endY}`;
}

function needle(value) {
  const [[footX, footY], [tipX, tipY]] = [point(value, RADIUS - 19), point(value, RADIUS + 9)];
  return `M${footX} ${footY}L${tipX} ${tipY}`;
}

function point(value, radius) {
  const angle = Math.PI * (1 - value / 100);
  return [X + radius * Math.cos(angle), Y - radius * Math.sin(angle)].map((each) => each.toFixed(2));
}
