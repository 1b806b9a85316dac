// The signs on the map. What somebody is doing, and how urgent a job is, is told by shape and letters as well as by
// colour. The drawings stand on the page once.

/** Makes an element: `el("p", { class: "x" }, "text", other)`. What is undefined, null or false is left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing as an element. */
export function sign(name, classes, size = 14) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `sign ${classes}`);
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#d-${name}`);
  svg.append(use);
  return svg;
}

const drawing = (name, classes, size) => `<svg class="sign ${classes}" aria-hidden="true" width="${size}" height="${size}"><use href="#d-${name}"/></svg>`;

const known = new Map();

/** A kind of icon is made once, however many markers bear it. */
function once(key, make) {
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
}

/** Whether where a technician is counts as known. */
export const isHollow = (technician) => technician.sighting === "stale" || technician.sighting === "base";

export function technicianIcon(technician) {
  const { state } = technician;
  const hollow = isHollow(technician) && state !== "off" ? " stale" : "";
  return once(`t ${state}${hollow}`, () => L.divIcon({ className: "map-mark", html: drawing(state, `f-${state}${hollow}`, 20), iconSize: [24, 24] }));
}

export function jobIcon(job, stage) {
  return once(`j ${job.priority} ${stage}`, () => L.divIcon({
    className: "map-mark",
    html: `<span class="job-pin j-${job.priority}">${job.priority}${drawing(stage, "", 12)}</span>`,
    iconSize: [46, 30],
    iconAnchor: [23, 30],
  }));
}

/** Many technicians in one place: how many, and how many of them are free. */
export function technicianCluster(cluster, freeText) {
  const markers = cluster.getAllChildMarkers();
  const free = markers.reduce((sum, marker) => sum + (marker.thing.state === "free" ? 1 : 0), 0);
  const size = markers.length < 10 ? 34 : markers.length < 100 ? 40 : 46;
  const html = `<span class="crowd">${markers.length}${free > 0 ? `<small>${freeText(free)}</small>` : ""}</span>`;
  return L.divIcon({ className: "map-mark", html, iconSize: [size, size] });
}

/** Many jobs in one place: how many, and the most urgent. */
export function jobCluster(cluster) {
  const priorities = cluster.getAllChildMarkers().map((marker) => marker.thing.priority).sort();
  const html = `<span class="job-pin j-${priorities[0]} many">${priorities[0]}<b>×${priorities.length}</b></span>`;
  return L.divIcon({ className: "map-mark", html, iconSize: [54, 30], iconAnchor: [27, 30] });
}
