// The roster of a firm: what the API says of a week, drawn as a timeline and listed; changed by drag, by form and by keys.
// An entry cannot be moved: it is cancelled and made anew, and whatever was changed last can be undone.
import { follow } from "./changes.js";
import { now } from "./clocks.js";
import { say } from "./console.js";
import { el } from "./map-signs.js";
import { Coverage } from "./roster-coverage.js";
import { call, newKey, tell } from "./send.js";

const REFRESH_MS = 60000;
const COALESCE_MS = 600;
const PAGE = 200;
const HOUR_MS = 3600000;
/** What the names beside the timeline take, with the borders. */
const NAMES_PX = 184;

const root = document.getElementById("roster");
const { firm, firmName, from, to } = root.dataset;
const mayEdit = root.dataset.edit === "true";
const seesAll = root.dataset.seeAll === "true";
const texts = JSON.parse(root.dataset.texts);
const byId = (id) => document.getElementById(id);
const t = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), texts[key] ?? key);
const language = document.documentElement.lang;

let people = [];
let entries = new Map();
let editing = null;
let undo = null;
let busy = false;

// Times: the timeline and the form think in the clock of whoever looks; everything here is in Tokyo's.

const tokyoParts = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** An instant as Tokyo's clock shows it: `2026-11-23T22:00`. */
function wall(at) {
  const parts = Object.fromEntries(tokyoParts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The same the other way. */
const instant = (wallTime) => `${wallTime.slice(0, 16)}:00+09:00`;
const two = (number) => String(number).padStart(2, "0");
/** A date of the timeline as its clock shows it. */
const shownAs = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
const words = new Intl.DateTimeFormat(language, { timeZone: "Asia/Tokyo", month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
/** Hours as short as they can be said: `8–17`, `21:30–6`. */
const hours = ({ starts_at, ends_at }) => [starts_at, ends_at].map((at) => wall(at).slice(11).replace(/^0(?=\d)/, "").replace(":00", "")).join("–");
const spanInWords = ({ starts_at, ends_at }) => `${words.format(new Date(starts_at))} – ${words.format(new Date(ends_at))}`;

const nameOf = (id) => people.find((one) => one.technician_id === id)?.name ?? "";
const isOpen = (entry) => mayEdit && !entry.swap_id && new Date(entry.ends_at).getTime() > now();

// The timeline

/** What stands in a bar; a button where the bar can be changed, whose click the timeline hears. */
function bar(entry, label, said) {
  const parts = [el("span", { class: "visually-hidden" }, said), el("span", { "aria-hidden": "true" }, label)];
  const open = entries.has(entry) && isOpen(entries.get(entry));
  return open ? el("button", { type: "button", class: "bar-text", "data-entry": entry, title: said }, ...parts) : el("span", { class: "bar-text", title: said }, ...parts);
}

// The library's roles tell of a table that it does not lay out as one, and of buttons that do nothing. The bars say
// themselves whose they are; the list below holds the same in a table.
const ROLES = ["role", "aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"];
const strip = () => {
  for (const name of ROLES) for (const part of byId("timeline").querySelectorAll(`[${name}]`)) part.removeAttribute(name);
  for (const part of byId("timeline").querySelectorAll(".ec-event[tabindex]")) part.removeAttribute("tabindex");
};
new MutationObserver(strip).observe(byId("timeline"), { subtree: true, childList: true, attributes: true, attributeFilter: [...ROLES, "tabindex"] });

const calendar = firm && EventCalendar.create(byId("timeline"), {
  view: "resourceTimelineWeek",
  date: from,
  firstDay: 1,
  locale: language === "ja" ? "ja-JP" : "en-GB",
  headerToolbar: { start: "", center: "", end: "" },
  height: "auto",
  slotDuration: "06:00",
  slotLabelInterval: "06:00",
  slotWidth: Math.max(30, (byId("timeline").clientWidth - NAMES_PX) / (7 * 4)),
  highlightedDates: [wall(now()).slice(0, 10)],
  snapDuration: "00:30",
  slotLabelFormat: (date) => String(date.getHours()),
  dayHeaderFormat: { weekday: "short", month: "numeric", day: "numeric" },
  resources: [],
  events: [],
  editable: mayEdit,
  selectable: mayEdit,
  eventResourceEditable: mayEdit,
  dragScroll: true,
  longPressDelay: 400,
  resourceLabelContent: ({ resource }) => resource.title,
  eventContent: ({ event: { extendedProps: { label, said, entry } } }) => ({ domNodes: [bar(entry, label, said)] }),
  eventClick: ({ event }) => pick(event.extendedProps.entry),
  eventDrop: ({ event, revert, newResource }) => move(event, newResource?.id, revert),
  eventResize: ({ event, revert }) => move(event, undefined, revert),
  select: ({ start, end, resource }) => {
    calendar.unselect();
    if (!resource || resource.id === firm) return;
    fillForm({ technician_id: resource.id, starts_at: shownAs(start), ends_at: shownAs(end) });
    byId("entry-kind").focus();
  },
});

/** The shifts of the week without those that an entry shows already. */
function weekly(one) {
  const extra = one.entries.filter(({ state, kind }) => state === "planned" && kind === "extra_shift");
  let left = one.windows.filter(({ kind }) => kind === "shift");
  for (const { starts_at, ends_at } of extra) {
    left = left.flatMap((window) => {
      if (ends_at <= window.starts_at || window.ends_at <= starts_at) return [window];
      return [{ ...window, ends_at: starts_at }, { ...window, starts_at: ends_at }].filter((part) => window.starts_at <= part.starts_at && part.starts_at < part.ends_at && part.ends_at <= window.ends_at);
    });
  }
  return left;
}

function drawTimeline() {
  const resources = people.map((one) => ({ id: one.technician_id, title: one.state === "suspended" ? `${one.name} (${t("roster-suspended")})` : one.name }));
  calendar.setOption("resources", [{ id: firm, title: firmName, children: resources }]);
  const events = [];
  for (const one of people) {
    const resourceIds = [one.technician_id];
    for (const window of weekly(one)) {
      const label = new Date(window.ends_at) - new Date(window.starts_at) >= 24 * HOUR_MS ? t("roster-all-day") : hours(window);
      events.push({ id: `${one.technician_id} ${window.kind} ${window.starts_at}`, resourceIds, start: wall(window.starts_at), end: wall(window.ends_at), editable: false, startEditable: false, durationEditable: false, classNames: [`k-${window.kind}`], extendedProps: { label, said: `${one.name} ${t(`duty-${window.kind}`)} ${spanInWords(window)}` } });
    }
    for (const entry of one.entries.filter(({ state }) => state === "planned")) {
      const label = `${hours(entry)} ${t(`entry-${entry.kind}`)}`;
      const open = isOpen(entry);
      events.push({ id: entry.id, resourceIds, start: wall(entry.starts_at), end: wall(entry.ends_at), startEditable: open, durationEditable: open, classNames: ["k-entry", `k-${entry.kind}`, ...(open ? ["open"] : []), ...(editing?.id === entry.id ? ["picked"] : [])], extendedProps: { label, entry: entry.id, said: `${one.name} ${t(`entry-${entry.kind}`)} ${spanInWords(entry)}` } });
    }
    for (const visit of one.visits) {
      const label = `${hours(visit)} ${t("roster-visit")}`;
      events.push({ id: visit.id, resourceIds, start: wall(visit.starts_at), end: wall(visit.ends_at), startEditable: false, durationEditable: false, classNames: ["k-visit"], extendedProps: { label, said: `${one.name} ${t("roster-visit")} ${spanInWords(visit)}` } });
    }
  }
  calendar.setOption("events", events);
}

// The list

function listEntries() {
  const all = [...entries.values()].sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  const focused = document.activeElement?.closest?.("#entry-rows tr")?.dataset.entry;
  const rows = all.map((entry) => {
    const buttons = [["change", pick], ["cancel", (id) => cancel(entries.get(id))]].map(([what, act]) => {
      const button = el("button", { type: "button", class: what, "aria-label": `${t(`roster-${what}`)}: ${nameOf(entry.technician_id)} ${t(`entry-${entry.kind}`)} ${words.format(new Date(entry.starts_at))}` }, t(`roster-${what}`));
      button.addEventListener("click", () => act(entry.id));
      return button;
    });
    const why = entry.swap_id ? t("roster-by-swap") : mayEdit ? t("roster-over") : "";
    return el("tr", { "data-entry": entry.id, class: editing?.id === entry.id ? "picked" : undefined },
      el("th", { scope: "row" }, nameOf(entry.technician_id)), el("td", {}, el("span", { class: `swatch k-${entry.kind}` }), t(`entry-${entry.kind}`)),
      el("td", {}, words.format(new Date(entry.starts_at)), el("br"), `– ${words.format(new Date(entry.ends_at))}`),
      el("td", { class: "actions" }, ...(isOpen(entry) ? buttons : [el("span", { class: "muted" }, why)])));
  });
  byId("entry-rows").replaceChildren(...(rows.length > 0 ? rows : [el("tr", {}, el("td", { colspan: 4, class: "muted" }, t("roster-none")))]));
  if (focused) byId("entry-rows").querySelector(`[data-entry="${focused}"] button`)?.focus();
}

// The form

function fillForm({ technician_id, kind, starts_at, ends_at }) {
  if (technician_id) byId("entry-technician").value = technician_id;
  if (kind) byId("entry-kind").value = kind;
  byId("entry-from").value = starts_at;
  byId("entry-to").value = ends_at;
}

/** Takes an entry into the form. */
function pick(id) {
  const entry = entries.get(id);
  if (!entry || !isOpen(entry)) return;
  editing = entry;
  fillForm({ ...entry, starts_at: wall(entry.starts_at), ends_at: wall(entry.ends_at) });
  showEditing();
  byId("entry-from").focus();
}

function showEditing() {
  byId("entry-save").textContent = t(editing ? "roster-save" : "roster-enter");
  byId("entry-cancel").hidden = byId("entry-leave").hidden = !editing;
  listEntries();
  drawTimeline();
}

function leave() {
  editing = null;
  showEditing();
}

function wantedOf(form) {
  return { technician_id: form.technician_id.value, kind: form.kind.value, starts_at: instant(form.starts_at.value), ends_at: instant(form.ends_at.value) };
}

// Changes

const make = async ({ technician_id, kind, starts_at, ends_at }) =>
  (await call("POST", `/v1/technicians/${technician_id}/shift-entries`, { body: { kind, starts_at, ends_at }, key: newKey() })).body;
const end = async (entry) => (await call("DELETE", `/v1/shift-entries/${entry.id}`, { match: entry.version })).body;

/** What was there is there again: an entry that was cancelled stays so, another one takes its place. */
async function replace(old, wanted) {
  await end(old);
  try {
    return await make(wanted);
  } catch (error) {
    await make(old);
    await read();
    say(t("roster-put-back"));
    throw error;
  }
}

/** One change at a time; afterwards it can be undone. */
async function change(told, act, form) {
  if (busy) return false;
  busy = true;
  try {
    const back = await act();
    editing = null;
    await read();
    offerUndo(told, back);
    return true;
  } catch (error) {
    if (form) tell(form, error);
    else say(error.problem?.errors?.[0]?.message ?? error.problem?.title ?? t("roster-failed"));
    return false;
  } finally {
    busy = false;
  }
}

const enter = (wanted, form) => change("roster-made", async () => {
  const made = await make(wanted);
  return () => end(made);
}, form);

const cancel = (entry, form) => change("roster-cancelled", async () => {
  await end(entry);
  return () => make(entry);
}, form);

const exchange = (old, wanted, form) => change("roster-moved", async () => {
  const made = await replace(old, wanted);
  return () => replace(made, old);
}, form);

/** An entry was dragged, or one of its ends. */
async function move(event, technician, revert) {
  const entry = entries.get(event.id);
  const wanted = { technician_id: technician ?? event.resourceIds[0], kind: entry?.kind, starts_at: instant(shownAs(event.start)), ends_at: instant(shownAs(event.end)) };
  if (!entry || wanted.technician_id === firm || !(await exchange(entry, wanted))) {
    revert();
    drawTimeline();
  }
}

function offerUndo(told, back) {
  undo = back;
  const bar = byId("roster-undo");
  bar.firstElementChild.textContent = t(told);
  bar.lastElementChild.hidden = !back;
  bar.hidden = false;
  // What had the focus may be gone.
  if (document.activeElement === document.body) (back ? bar.lastElementChild : byId("entry-from"))?.focus();
}

async function undoLast() {
  if (!undo || busy) return;
  const back = undo;
  undo = null;
  busy = true;
  try {
    await back();
    await read();
    offerUndo("roster-undone", null);
  } catch {
    await read();
    offerUndo("roster-undo-failed", null);
  } finally {
    busy = false;
  }
}

byId("roster-undo").lastElementChild.addEventListener("click", undoLast);
byId("entry-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  form.querySelector(":scope > .refusal")?.remove();
  const [old, wanted] = [editing, wantedOf(form)];
  if (old ? await exchange(old, wanted, form) : await enter(wanted, form)) byId("entry-from").focus();
});
byId("entry-cancel")?.addEventListener("click", () => editing && cancel(editing, byId("entry-form")));
byId("entry-leave")?.addEventListener("click", leave);
byId("roster-firm").addEventListener("change", () => byId("roster-choice").requestSubmit());

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.target.matches("input, textarea")) {
    event.preventDefault();
    return undoLast();
  }
  if (event.key === "Escape" && editing) return leave();
  // The rest of the stroke must not reach the form, which has the focus then: it would send it.
  const picks = event.key === "Enter" && event.target.closest("button.bar-text, #entry-rows .change");
  if (picks) {
    event.preventDefault();
    return pick(picks.dataset.entry ?? picks.closest("tr").dataset.entry);
  }
  if (typing || !["Delete", "Backspace"].includes(event.key)) return;
  const entry = entries.get(event.target.closest(".bar-text, #entry-rows tr")?.dataset.entry);
  if (!entry || !isOpen(entry)) return;
  event.preventDefault();
  cancel(entry);
});

// What the service tells

async function read() {
  const found = [];
  for (let cursor = ""; cursor !== undefined;) {
    const { body } = await call("GET", `/v1/firms/${firm}/roster?from=${from}&to=${to}&limit=${PAGE}${cursor && `&cursor=${cursor}`}`);
    found.push(...body.items);
    cursor = body.next;
  }
  people = found;
  entries = new Map(people.flatMap((one) => one.entries).filter(({ state }) => state === "planned").map((entry) => [entry.id, entry]));
  if (editing && !entries.has(editing.id)) editing = null;
  const select = byId("entry-technician");
  if (select && select.options.length !== people.length) select.replaceChildren(...people.map((one) => el("option", { value: one.technician_id }, one.name)));
  if (mayEdit) showEditing();
  else {
    listEntries();
    drawTimeline();
  }
  root.dataset.ready = "true";
}

let coverage = null;
let areas = [];

async function readCoverage() {
  if (!coverage) return;
  const { body } = await call("GET", `/v1/roster-lint?from=${from}&days=7`);
  coverage.show(body.findings, areas);
}

let waits = null;

function soon() {
  waits ??= setTimeout(() => {
    waits = null;
    if (busy) return soon();
    readAll().catch(() => {});
  }, COALESCE_MS);
}

const readAll = () => Promise.all([read(), readCoverage()]);

function days() {
  const named = new Intl.DateTimeFormat(language, { timeZone: "Asia/Tokyo", month: "numeric", day: "numeric", weekday: "short" });
  const begin = new Date(instant(`${from}T00:00`)).getTime();
  return Array.from({ length: 7 }, (_, day) => ({ begin: begin + day * 24 * HOUR_MS, text: named.format(begin + day * 24 * HOUR_MS) }));
}

function keepDay(begin) {
  const query = new URLSearchParams(location.search);
  query.set("firm", firm);
  query.set("week", from);
  query.set("day", wall(begin).slice(0, 10));
  history.replaceState(null, "", `?${query}`);
  for (const back of document.querySelectorAll('.switches input[name="to"]')) back.value = `/roster?${query}`;
}

/** The form begins with the next hour of the week that is shown. */
function proposeTimes() {
  const begin = Math.max(new Date(instant(`${from}T09:00`)).getTime(), Math.ceil(now() / HOUR_MS) * HOUR_MS);
  fillForm({ starts_at: wall(begin), ends_at: wall(begin + 8 * HOUR_MS) });
}

async function begin() {
  if (!firm) return;
  if (mayEdit) proposeTimes();
  if (seesAll) {
    coverage = new Coverage(t, days(), keepDay);
    areas = (await call("GET", `/v1/firms/${firm}`)).body.areas;
  }
  await readAll();
  const day = new URLSearchParams(location.search).get("day") ?? wall(now()).slice(0, 10);
  coverage?.choose(new Date(instant(`${day}T00:00`)).getTime());
}

begin().catch(() => say(t("roster-failed")));

if (seesAll && firm) {
  follow(root.dataset.worker, Number(root.dataset.pos), {
    changed: (changes) => changes.some(({ subject }) => ["technician", "firm"].includes(subject)) && soon(),
    missed: soon,
    signedOut: () => {
      say(t("signed-out"));
      setTimeout(() => location.assign("/sign-in"), 3000);
    },
  });
} else if (firm) setInterval(() => document.hidden || soon(), REFRESH_MS);
