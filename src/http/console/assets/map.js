// The map: what the API tells of jobs and technicians, drawn and listed; the filter and the view stand in the address.
import { follow } from "./changes.js";
import { now, tick } from "./clocks.js";
import { say } from "./console.js";
import { Outlines } from "./map-outlines.js";
import { el, isHollow, jobCluster, jobIcon, sign, technicianCluster, technicianIcon } from "./map-signs.js";
import { call } from "./send.js";

const POSITIONS_MS = 15000;
const COALESCE_MS = 400;
/** Of everybody there is much to tell: on a busy night not with every change of a job. */
const FLEET_MS = 2500;
const LISTED_MAX = 200;
const CANDIDATES_MAX = 8;
/** With more changes than this all markers are put on anew, which is faster than one by one. */
const ONE_BY_ONE_MAX = 300;
const CLOSE_ZOOM = 12;
const JAPAN = [[30.8, 129.2], [45.6, 146]];
const STAGES = {
  open: ["unassigned", "held"], asked: ["offered", "accepted"], coming: ["assigned", "en_route"],
  there: ["on_site", "working", "paused", "awaiting_return"], planned: ["booked"],
};
const GROUPS = ["priority", "stage", "state", "trade"];

const root = document.getElementById("map-page");
const texts = JSON.parse(root.dataset.texts);
const byId = (id) => document.getElementById(id);
const t = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), texts[key] ?? key);
const stageOf = (state) => Object.keys(STAGES).find((stage) => STAGES[stage].includes(state)) ?? "open";
const time = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
const latLng = (point) => L.latLng(point.coordinates[1], point.coordinates[0]);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

let jobs = [];
let technicians = [];
let firms = new Map();
let more = false;
let chosen = null;
let candidates = null;
let looked = "";
const filter = Object.fromEntries(GROUPS.map((group) => [group, new Set()]));

// The address

const address = new URLSearchParams(location.search);
for (const group of GROUPS) for (const value of (address.get(group) ?? "").split(",").filter(Boolean)) filter[group].add(value);
const [latitude, longitude, level] = (address.get("at") ?? "").split(",").map(Number);
let viewIsChosen = [latitude, longitude, level].every(Number.isFinite);

function keepAddress() {
  const query = new URLSearchParams();
  for (const group of GROUPS) if (filter[group].size > 0) query.set(group, [...filter[group]].join(","));
  if (byId("map-firm").value) query.set("firm", byId("map-firm").value);
  if (chosen) query.set(chosen.kind, chosen.id);
  if (viewIsChosen) query.set("at", [map.getCenter().lat.toFixed(4), map.getCenter().lng.toFixed(4), map.getZoom()].join(","));
  const text = query.toString().replaceAll("%2C", ",");
  const here = text ? `?${text}` : location.pathname;
  history.replaceState(null, "", here);
  // A change of language or colours comes back to the same view.
  for (const back of document.querySelectorAll('.switches input[name="to"]')) back.value = `/map${text ? `?${text}` : ""}`;
}

// The map

const map = L.map("map", { zoomControl: false, attributionControl: false, preferCanvas: true, minZoom: 4, maxZoom: 16, maxBounds: [[10, 105], [56, 170]], zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm });
L.control.zoom({ position: "topright", zoomInTitle: t("map-zoom-in"), zoomOutTitle: t("map-zoom-out") }).addTo(map);
L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
if (viewIsChosen) map.setView([latitude, longitude], level);
else map.fitBounds(JAPAN);
if (root.dataset.tiles) {
  const source = el("span", {}, root.dataset.tileAttribution);
  L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
  L.tileLayer(root.dataset.tiles, { attribution: source.innerHTML, maxZoom: 16 }).addTo(map);
}
// Whoever uses keys goes through the list, which holds the same: the map is no second row of a thousand stops.
L.MarkerCluster.mergeOptions({ keyboard: false });
const clustered = (options) => L.markerClusterGroup({ showCoverageOnHover: false, chunkedLoading: false, animate: !calm, spiderLegPolylineOptions: { weight: 1.5, color: "#5b6b7f" }, ...options });
const technicianLayer = clustered({ maxClusterRadius: 46, disableClusteringAtZoom: 15, iconCreateFunction: (cluster) => technicianCluster(cluster, (count) => t("map-free-count", { count })) });
const jobLayer = clustered({ maxClusterRadius: 30, disableClusteringAtZoom: 16, iconCreateFunction: jobCluster, clusterPane: "jobs" });
map.createPane("jobs").style.zIndex = 640;
const lines = L.layerGroup();
const ring = L.layerGroup();
for (const layer of [lines, technicianLayer, jobLayer, ring]) map.addLayer(layer);
const outlines = new Outlines(map, async (path) => (await call("GET", path)).body);
map.on("moveend", () => {
  keepAddress();
  root.dataset.zoom = map.getZoom();
  listTechnicians();
});
map.on("dragstart zoomstart", () => { viewIsChosen = true; });
for (const [layer, kind] of [[technicianLayer, "technician"], [jobLayer, "job"]]) layer.on("click", ({ layer: marker }) => choose(kind, marker.thing.id ?? marker.thing.job_id, false));

/** Puts on a layer what is shown now, in place of what was. */
function put(layer, onIt, things, make) {
  const gone = new Set(onIt.keys());
  const [added, removed] = [[], []];
  for (const { id, look, at, thing, title } of things) {
    gone.delete(id);
    const known = onIt.get(id);
    const text = `${look} ${at.lat} ${at.lng}`;
    if (known?.text === text) {
      known.marker.thing = thing;
      continue;
    }
    if (known) removed.push(known.marker);
    const marker = L.marker(at, { icon: make(thing), title, keyboard: false, riseOnHover: true, pane: layer.options.clusterPane });
    marker.thing = thing;
    onIt.set(id, { marker, text });
    added.push(marker);
  }
  for (const id of gone) {
    removed.push(onIt.get(id).marker);
    onIt.delete(id);
  }
  if (added.length + removed.length > ONE_BY_ONE_MAX) {
    layer.clearLayers();
    layer.addLayers([...onIt.values()].map(({ marker }) => marker));
  } else {
    if (removed.length > 0) layer.removeLayers(removed);
    if (added.length > 0) layer.addLayers(added);
  }
}

const techniciansOnMap = new Map();
const jobsOnMap = new Map();
const passes = (group, value) => filter[group].size === 0 || filter[group].has(value);
const shownJobs = () => jobs.filter((job) => passes("priority", job.priority) && passes("stage", stageOf(job.state)) && passes("trade", job.trade));
const shownTechnicians = () => technicians.filter((one) => passes("state", one.state) && (filter.trade.size === 0 || one.trades.some((trade) => filter.trade.has(trade))));

function draw() {
  const seenJobs = shownJobs();
  const seenTechnicians = shownTechnicians();
  put(jobLayer, jobsOnMap, seenJobs.filter((job) => job.near).map((job) => ({ id: job.job_id, look: `${job.priority}${stageOf(job.state)}`, at: latLng(job.near), thing: job, title: `${job.priority} ${job.case_number}` })), (job) => jobIcon(job, stageOf(job.state)));
  put(technicianLayer, techniciansOnMap, seenTechnicians.map((one) => ({ id: one.id, look: `${one.state}${isHollow(one)}`, at: latLng(one.point), thing: one, title: one.name })), technicianIcon);
  root.dataset.drawn = techniciansOnMap.size + jobsOnMap.size;
  byId("count-jobs").textContent = seenJobs.length;
  byId("count-technicians").textContent = seenTechnicians.length + (more ? "+" : "");
  listJobs();
  listTechnicians();
  showChosen();
}

// The list

/** Puts items in place of those that were, and keeps the focus on the same thing. */
function fill(panel, items, none) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const top = panel.scrollTop;
  const list = el("ul", {}, ...items.map((item) => el("li", {}, item)));
  panel.replaceChildren(items.length > 0 ? list : el("p", { class: "empty" }, t(none)));
  const current = focused ? panel.querySelector(`[data-id="${focused}"]`) : null;
  const reachable = current ?? panel.querySelector('[aria-current="true"]') ?? panel.querySelector(".map-item");
  if (reachable) reachable.tabIndex = 0;
  current?.focus({ preventScroll: true });
  panel.scrollTop = top;
  tick();
}

const isChosen = (kind, id) => chosen?.kind === kind && chosen.id === id;
const item = (kind, id, ...parts) => el("button", { type: "button", class: "map-item", "data-kind": kind, "data-id": id, tabindex: -1, "aria-current": isChosen(kind, id) ? "true" : undefined }, ...parts);

function clock(job) {
  const left = job.clock.kind === "paused_free_left" ? Math.round((new Date(job.clock.at) - new Date(job.state_since)) / 1000) : undefined;
  return el("span", { class: "clock inline", "data-kind": job.clock.kind, "data-at": new Date(job.clock.at).getTime(), "data-left": left, title: t(`clock-${job.clock.kind}`) }, el("span", { class: "clock-time" }));
}

function listJobs() {
  const items = shownJobs().map((job) => {
    const stage = stageOf(job.state);
    return item("job", job.job_id,
      el("span", { class: "item-head" }, el("span", { class: `job-pin j-${job.priority}` }, job.priority), el("span", { class: "item-name" }, t(`job-code-${job.job_code}`)), clock(job)),
      el("span", { class: "item-line" }, sign(stage, "stage-sign", 12), t(`job-state-${job.state}`), el("span", {}, job.district ?? t("map-without-place"))),
      el("span", { class: "item-line" }, el("span", { class: "mono" }, job.case_number), el("span", {}, job.on_it?.technician_name ?? t("map-nobody"))),
      job.alarms.length > 0 && el("span", { class: "alarm-tag" }, job.alarms.map((kind) => t(`alarm-${kind}`)).join(" / ")));
  });
  fill(byId("list-jobs"), items, "map-none-jobs");
}

const minutes = (seconds) => (seconds < 30 ? t("map-minutes-now") : t("map-minutes", { count: Math.max(1, Math.round(seconds / 60)) }));

/** Where a technician is, and how old that knowledge is. */
function sighted(one) {
  if (one.sighting === "base") return t("map-base");
  if (one.sighting === "site") return t("map-site");
  return t(one.sighting === "stale" ? "map-stale-age" : "map-position-age", { age: t("map-minutes", { count: Math.max(0, Math.floor((now() - new Date(one.measured_at)) / 60000)) }) });
}

function duty(one) {
  // Of who works round the clock nothing ends that matters now.
  const far = new Date(one.roster_changes_at) - now() >= 24 * 3600000;
  if (!one.roster_changes_at || far || one.state === "there" || one.state === "coming") return "";
  return t(one.state === "off" ? "map-from" : "map-until", { time: time(one.roster_changes_at) });
}

function listTechnicians() {
  if (byId("list-technicians").hidden) return;
  const middle = map.getCenter();
  const near = shownTechnicians().map((one) => [one, middle.distanceTo(latLng(one.point))]).sort((one, other) => one[1] - other[1]);
  const items = near.slice(0, LISTED_MAX).map(([one]) => item("technician", one.id,
    el("span", { class: "item-head" }, sign(one.state, `f-${one.state}${isHollow(one) && one.state !== "off" ? " stale" : ""}`, 16), el("span", { class: "item-name" }, one.name), el("span", { class: "item-state" }, t(`fleet-${one.state}`))),
    el("span", { class: "item-line" }, el("span", {}, firms.get(one.firm_id) ?? "")),
    el("span", { class: "item-line" }, el("span", {}, sighted(one)), el("span", {}, duty(one)))));
  fill(byId("list-technicians"), items, "map-none-technicians");
  if (near.length > LISTED_MAX) byId("list-technicians").append(el("p", { class: "muted map-more" }, t("map-more")));
}

function openTab(name) {
  for (const tab of document.querySelectorAll(".map-tabs [role=tab]")) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
  if (name === "technicians") listTechnicians();
}

// What is chosen

const thing = () => {
  if (!chosen) return null;
  return chosen.kind === "job" ? jobs.find((job) => job.job_id === chosen.id) : technicians.find((one) => one.id === chosen.id);
};

function centre() {
  const point = thing()?.near ?? thing()?.point;
  if (!point) return;
  viewIsChosen = true;
  map.setView(latLng(point), Math.max(map.getZoom(), CLOSE_ZOOM), { animate: !calm });
}

async function choose(kind, id, move) {
  chosen = { kind, id };
  candidates = null;
  openTab(kind === "job" ? "jobs" : "technicians");
  if (move) centre();
  draw();
  keepAddress();
  document.querySelector(".map-item[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (kind === "job") await readCandidates(id);
}

/** Whom the latest decision names, with lines to where each would leave from. */
async function readCandidates(id) {
  const { body } = await call("GET", `/v1/jobs/${id}/decisions`).catch(() => ({ body: [] }));
  if (!isChosen("job", id)) return;
  const latest = body.findLast(({ document }) => document?.candidates?.length > 0) ?? body.at(-1);
  const names = new Map((latest?.technicians ?? []).map((one) => [one.technician_id, one]));
  candidates = (latest?.document?.candidates ?? []).slice(0, CANDIDATES_MAX).map(({ facts, figures }) => ({
    id: facts.technician, name: names.get(facts.technician)?.technician_name ?? "", firm: names.get(facts.technician)?.firm_name ?? "",
    seconds: (figures.arrival_at_us - latest.document.now_us) / 1e6, at: L.latLng(figures.origin_point.lat_e6 / 1e6, figures.origin_point.lon_e6 / 1e6),
  }));
  showChosen();
}

function showChosen() {
  const [box, one] = [byId("map-chosen"), thing()];
  const text = JSON.stringify([one && { ...one, measured_at: null }, chosen, candidates]);
  if (text === looked) return;
  looked = text;
  lines.clearLayers();
  ring.clearLayers();
  box.hidden = !one;
  if (!one) return;
  const close = el("button", { type: "button", class: "map-close" }, t("map-close"));
  close.addEventListener("click", leave);
  const point = one.near ?? one.point;
  if (point) ring.addLayer(L.circleMarker(latLng(point), { radius: 19, weight: 3, fill: false, interactive: false, color: getComputedStyle(root).getPropertyValue("--focus").trim() }));
  box.replaceChildren(...(chosen.kind === "job" ? jobCard(one) : technicianCard(one)), close);
  tick();
}

function jobCard(job) {
  const rows = [
    el("h2", {}, el("span", { class: `job-pin j-${job.priority}` }, job.priority), ` ${t(`job-code-${job.job_code}`)}`),
    el("p", {}, `${t(`job-state-${job.state}`)} `, clock(job), " ", el("small", {}, t(`clock-${job.clock.kind}`))),
    el("p", {}, `${job.case_number} ${job.district ?? t("map-without-place")}`),
    el("p", {}, job.on_it ? `${job.on_it.technician_name} (${job.on_it.firm_name})` : t("map-nobody"), job.on_it?.arrival_due_at ? ` ${t("map-promised", { time: time(job.on_it.arrival_due_at) })}` : ""),
    el("p", {}, el("a", { href: `/jobs/${job.job_id}` }, t("map-open-job"))),
  ];
  if (candidates === null) return rows;
  const colour = getComputedStyle(root).getPropertyValue("--map-route").trim();
  for (const one of candidates) {
    if (job.near) lines.addLayer(L.polyline([one.at, latLng(job.near)], { color: colour, weight: 2.5, dashArray: "6 5", interactive: false }));
    const label = el("span", {}, minutes(one.seconds));
    lines.addLayer(L.marker(one.at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "route-minutes", html: label, iconSize: null }) }));
  }
  const list = candidates.map((one) => el("li", {}, `${one.name} `, el("small", {}, one.firm), el("b", {}, minutes(one.seconds))));
  return [...rows, el("h3", {}, t("map-candidates")), list.length > 0 ? el("ol", { class: "map-candidates" }, ...list) : el("p", { class: "muted" }, t("map-no-candidates"))];
}

function technicianCard(one) {
  const job = jobs.find((known) => known.job_id === one.job_id);
  const to = job && el("button", { type: "button", class: "map-to-job" }, t("map-job-of", { number: job.case_number }));
  to?.addEventListener("click", () => choose("job", job.job_id, true));
  return [
    el("h2", {}, sign(one.state, `f-${one.state}`, 16), ` ${one.name}`),
    el("p", {}, firms.get(one.firm_id) ?? ""),
    el("p", {}, `${t(`fleet-${one.state}`)} ${duty(one)}`),
    el("p", {}, sighted(one), " ", el("small", {}, one.trades.map((trade) => t(`trade-${trade}`)).join(" / "))),
    to ? el("p", {}, to) : "",
  ];
}

function leave() {
  const back = chosen && document.querySelector(`.map-item[data-id="${chosen.id}"]`);
  chosen = null;
  candidates = null;
  draw();
  keepAddress();
  back?.focus();
}

// The filter, the areas, the keys

function turn() {
  for (const chip of document.querySelectorAll(".map-bar .chip[data-group]")) chip.setAttribute("aria-pressed", String(filter[chip.dataset.group].has(chip.dataset.value)));
  byId("map-clear").hidden = GROUPS.every((group) => filter[group].size === 0);
}

document.querySelector(".map-bar").addEventListener("click", ({ target }) => {
  const chip = target.closest("button.chip");
  if (!chip) return;
  const { group, value } = chip.dataset;
  if (!group) for (const values of Object.values(filter)) values.clear();
  else if (!filter[group].delete(value)) filter[group].add(value);
  if (!group) document.querySelector(".map-bar .chip").focus();
  turn();
  draw();
  keepAddress();
});

byId("map-firm").addEventListener("change", () => fillAreas(true));

async function fillAreas(move) {
  const firm = byId("map-firm").value;
  keepAddress();
  try {
    const areas = firm ? (await call("GET", `/v1/firms/${firm}`)).body.areas : [];
    const bounds = await outlines.fill(areas);
    if (!bounds || !move) return;
    viewIsChosen = true;
    map.fitBounds(bounds, { padding: [24, 24], maxZoom: 11 });
  } catch {
    say(t("map-failed"));
  }
}

document.querySelector(".map-list").addEventListener("click", ({ target }) => {
  const tab = target.closest("[role=tab]");
  if (tab) openTab(tab.id.replace("tab-", ""));
  const one = target.closest(".map-item");
  if (one) choose(one.dataset.kind, one.dataset.id, true);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && chosen && !event.target.matches("select, input")) return leave();
  const tab = event.target.closest?.("[role=tab]");
  if (tab && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    const other = [...document.querySelectorAll(".map-tabs [role=tab]")].find((one) => one !== tab);
    openTab(other.id.replace("tab-", ""));
    other.focus();
  }
  const panel = event.target.closest?.(".map-panel");
  const from = tab && event.key === "ArrowDown" ? byId(tab.getAttribute("aria-controls")) : panel;
  if (!from) return;
  const items = [...from.querySelectorAll(".map-item")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || !items[to]) return;
  event.preventDefault();
  if (items[at]) items[at].tabIndex = -1;
  items[to].tabIndex = 0;
  items[to].focus();
});

// What the service tells

let waits = null;
let wanted = new Set();
let reading = Promise.resolve();

function soon(what) {
  wanted.add(what);
  waits ??= setTimeout(() => {
    waits = null;
    const what = wanted;
    wanted = new Set();
    reading = reading.then(() => read(what));
  }, COALESCE_MS);
}

let fleetWaits = null;

function soonFleet() {
  fleetWaits ??= setTimeout(() => {
    fleetWaits = null;
    soon("fleet");
  }, FLEET_MS);
}

async function read(what) {
  try {
    const [queue, fleet] = await Promise.all([what.has("jobs") && call("GET", "/v1/queue"), what.has("fleet") && call("GET", "/v1/fleet")]);
    if (queue) jobs = queue.body;
    if (fleet) {
      technicians = fleet.body.technicians;
      more = fleet.body.more;
      firms = new Map(fleet.body.firms.map((firm) => [firm.id, firm.name]));
      listFirms();
    }
    draw();
    if (queue && chosen?.kind === "job") await readCandidates(chosen.id);
  } catch (error) {
    if (error.status === 401) return signedOut();
    say(t("map-failed"));
  }
}

/** The firms that can be chosen; the one of the address the first time. */
function listFirms() {
  const select = byId("map-firm");
  const value = select.dataset.begun ? select.value : address.get("firm") ?? "";
  const names = [...firms].sort((one, other) => one[1].localeCompare(other[1], document.documentElement.lang));
  if (select.options.length !== names.length + 1) select.replaceChildren(select.options[0], ...names.map(([id, name]) => el("option", { value: id }, name)));
  select.value = firms.has(value) ? value : "";
  if (!select.dataset.begun && select.value) fillAreas(false);
  select.dataset.begun = "true";
}

function signedOut() {
  say(t("signed-out"));
  setTimeout(() => location.assign("/sign-in"), 3000);
}

async function begin() {
  turn();
  const ground = outlines.begin().catch(() => say(t("map-failed")));
  if (address.get("job")) chosen = { kind: "job", id: address.get("job") };
  else if (address.get("technician")) chosen = { kind: "technician", id: address.get("technician") };
  if (chosen?.kind === "technician") openTab("technicians");
  await read(new Set(["jobs", "fleet"]));
  if (!viewIsChosen) {
    const places = [...shownJobs().filter((job) => job.near).map((job) => latLng(job.near))];
    const all = places.length > 0 ? places : shownTechnicians().map((one) => latLng(one.point));
    if (all.length > 0) map.fitBounds(L.latLngBounds(all), { padding: [50, 50], maxZoom: 12, animate: false });
    viewIsChosen = false;
  }
  await ground;
  root.dataset.ready = "true";
}

begin();
setInterval(() => document.hidden || soon("fleet"), POSITIONS_MS);
document.addEventListener("visibilitychange", () => document.hidden || ["jobs", "fleet"].forEach(soon));
follow(root.dataset.worker, Number(root.dataset.pos), {
  changed: (changes) => {
    const of = (...subjects) => changes.some(({ subject }) => subjects.includes(subject));
    if (of("job", "case", "alarm")) soon("jobs");
    if (of("job", "technician", "firm")) soonFleet();
  },
  missed: () => ["jobs", "fleet"].forEach(soon),
  signedOut,
});
