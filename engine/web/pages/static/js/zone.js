// The time zone of all times on the page: UTC, or that of the device. Each time is written with its zone's name.

import { browser } from "./memory.js";

const KEY = "zone";
const UTC = "utc";
const CHANGED = "zone";

let zone = browser.recall(KEY) ?? UTC;

/** Returns whether times are those of the device, and not UTC. */
export const isLocal = () => zone !== UTC;

/** Returns the zone as formats of times take it: undefined is that of the device. */
export const timeZone = () => (isLocal() ? undefined : "UTC");

/** Returns the name of the zone at `time` (milliseconds), such as UTC or GMT+2. */
export function zoneName(time = Date.now()) {
  if (!isLocal()) return "UTC";
  const minutes = -new Date(time).getTimezoneOffset();
  if (!minutes) return "UTC+0";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** Calls `write` when the zone changes. */
export const onZone = (write) => document.addEventListener(CHANGED, write);

/** Activates the switch in the head of the page. */
export function startZone() {
  const control = document.querySelector("[data-zone-switch]");
  const show = () => {
    control.querySelector("[data-zone]").textContent = zoneName();
    control.title = isLocal() ? "Times of this device; switch to UTC" : "Times in UTC; switch to those of this device";
  };
  control.addEventListener("click", () => {
    zone = isLocal() ? UTC : "local";
    browser.remember(KEY, zone);
    show();
    document.dispatchEvent(new Event(CHANGED));
  });
  show();
}
