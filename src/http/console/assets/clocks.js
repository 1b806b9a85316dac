// Clocks that tick here and count by the service's clock: the browser's own may be wrong, and a scenario's differs.

const SECOND = 1000;
let offset = Number(document.querySelector('meta[name="server-now"]').content) - Date.now();

/** The service's clock, in milliseconds of the epoch. */
export function now() {
  return Date.now() + offset;
}

/** Takes over what the service's clock shows. */
export function setNow(ms) {
  offset = ms - Date.now();
  tick();
}

const two = (number) => String(number).padStart(2, "0");

/** A length of time as `1:02:03` or `4:05`. */
export function length(ms) {
  const seconds = Math.floor(Math.abs(ms) / SECOND);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h >= 24) return `${Math.floor(h / 24)}d ${h % 24}h`;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** How pressing it is: late, soon or calm. */
function pressing(kind, left) {
  if (kind === "since") return "calm";
  if (left < 0) return kind === "looks_again" || kind === "rings" ? "calm" : "late";
  const soon = { answer_due: 60, naming_due: 120, arrival_due: 300, free_until: 600, visit_begins: 1800 }[kind] ?? 0;
  return left < soon * SECOND ? "soon" : "calm";
}

function show(clock, at) {
  const kind = clock.dataset.kind;
  const time = clock.querySelector(".clock-time");
  let left = Number(clock.dataset.at) - at;
  if (kind === "since") left = -left;
  if (clock.dataset.left !== undefined) left = Number(clock.dataset.left) * SECOND;
  clock.dataset.pressing = pressing(kind, left);
  const late = left < 0 && clock.dataset.pressing === "late";
  time.textContent = (late ? "+" : "") + (left < 0 && !late ? "0:00" : length(left));
}

function tick() {
  const at = now();
  for (const clock of document.querySelectorAll(".clock[data-at]")) show(clock, at);
  for (const age of document.querySelectorAll(".age[data-since]")) age.textContent = length(Math.max(0, at - Number(age.dataset.since)));
  const wall = document.getElementById("wall-clock");
  if (wall) {
    const zone = wall.dataset.zone;
    wall.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: zone, month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).format(at);
    wall.dateTime = new Date(at).toISOString();
  }
}

/** Starts ticking; what is put on the page later ticks as well. */
export function startClocks() {
  tick();
  setInterval(tick, SECOND);
  document.addEventListener("htmx:afterSwap", tick);
}

/** Shows the clocks of what has just been put on the page. */
export { tick };
