// The intake screen: what is said is written down by keys alone, kept as a draft with every pause, and becomes a case
// and a job at once. Danger comes first: a yes is told to the service before anything else is asked.
import { combobox, matcher } from "./combobox.js";
import { length, now } from "./clocks.js";
import { openDraft } from "./draft.js";
import { startDangers } from "./dangers.js";
import { startInterpreter } from "./interpreter.js";
import { languageField, languageOf, tellStanding } from "./languages.js";
import { startPin } from "./pin.js";
import { startRepeats } from "./repeats.js";
import { Refused, call, newKey, phoneOf, tell } from "./send.js";

const byId = (id) => document.getElementById(id);
const screen = byId("intake");
const form = byId("form");
const callId = screen.dataset.call;
const chosen = { language: screen.dataset.language, job: null, place: null, pin: null };
const jobs = [...byId("job-codes").options].map((option) => ({ code: option.value, label: option.label, ...option.dataset }));

// The clock that is measured: from the answer to the first offer.
const answered = Number(screen.dataset.answered);
const target = Number(screen.dataset.target) * 1000;
function showProcessing() {
  const taken = Math.max(0, now() - answered);
  const clock = byId("processing");
  clock.firstElementChild.textContent = length(taken);
  clock.dataset.pressing = taken > target ? "late" : taken > target * 0.7 ? "soon" : "calm";
}
showProcessing();
setInterval(showProcessing, 1000);

// What is chosen.
function chooseLanguage(language) {
  if (!language) return;
  chosen.language = language.tag;
  byId("language-text").value = language.label;
  tellStanding(byId("language-stands"), language);
  interpreter.languageIs(language.tag);
  draft.touch();
  look();
}

function chooseJob(job) {
  if (!job) return;
  chosen.job = job;
  byId("job-text").value = job.label;
  byId("job-priority").textContent = `${job.code}  ${job.priorityName}`;
  byId("job-priority").dataset.tone = job.priority;
  const lines = (list, text) => list.replaceChildren(...text.split("\n").filter(Boolean).map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  lines(byId("guidance-ask"), job.ask);
  lines(byId("guidance-say"), job.say);
  byId("guidance").hidden = !job.ask && !job.say;
  byId("topic-box").hidden = job.category !== "consultation";
  const words = byId("send").firstElementChild;
  words.textContent = job.dispatched === "true" ? words.dataset.dispatch : words.dataset.case;
  draft.touch();
  look();
}

function choosePlace(place) {
  if (!place) return;
  chosen.place = place;
  byId("place-text").value = `${place.postal_code} ${place.prefecture}${place.municipality}${place.town}`;
  const found = byId("place-found");
  const off = place.precision_error_p90_m && found.dataset.town.replace("{m}", place.precision_error_p90_m);
  found.textContent = [place.town_kana, off].filter(Boolean).join("  ");
  for (const [field, value] of [["place.address", place.block], ["place.building", place.building], ["place.room", place.room]]) {
    if (value) form.elements[field].value = value;
  }
  pin.showAt(place.point.coordinates, chosen.pin);
  repeats.look(place.point.coordinates);
  draft.touch();
  look();
}

// Who could be sent, while one is still asking.
let looked = 0;
async function look() {
  showLacking();
  const state = byId("candidates-state");
  if (chosen.job?.dispatched !== "true" || !chosen.place) {
    byId("candidates").replaceChildren();
    state.textContent = state.dataset.wait;
    return;
  }
  const mine = (looked += 1);
  const [lon, lat] = chosen.pin ?? chosen.place.point.coordinates;
  const query = new URLSearchParams({ job_code: chosen.job.code, lon, lat, jis_code: chosen.place.jis_code, limit: 5 });
  if (chosen.language) query.set("language", chosen.language);
  const found = await call("GET", `/v1/candidates?${query}`).catch(() => null);
  if (mine !== looked || !found) return;
  const japanese = document.documentElement.lang === "ja";
  state.textContent = japanese ? found.body.summary_ja : found.body.summary_en;
  state.dataset.tone = found.body.verdict;
  byId("candidates").replaceChildren(...found.body.candidates.map((one) => candidate(one, japanese)));
}

function candidate(one, japanese) {
  const list = byId("candidates");
  const item = document.createElement("li");
  const minutes = Math.max(0, Math.ceil((Date.parse(one.arrival_at) - now()) / 60000));
  const part = (kind, text) => Object.assign(document.createElement("span"), { className: kind, textContent: text });
  const language = { speaks: list.dataset.speaks, interpreter: list.dataset.interpreter }[one.language];
  item.append(part("minutes", list.dataset.minutes.replace("{n}", minutes)), part("who", one.technician_name), part("firm", one.firm_name));
  if (language) item.append(part(`tag ${one.language}`, language));
  item.title = japanese ? one.why_ja : one.why_en;
  return item;
}
setInterval(look, 15_000);

// What is missing.
function lacking() {
  const label = (id) => document.querySelector(`label[for="${id}"]`)?.textContent ?? id;
  const missing = [];
  if (!dangers.settled()) missing.push(["danger-none", document.querySelector("#step-danger legend").firstChild.textContent.trim()]);
  if (!chosen.job) missing.push(["job-text", label("job-text")]);
  if (!chosen.place) missing.push(["place-text", label("place-text")]);
  // Who has called without a number may have none to tell; the case asks for one later.
  for (const id of ["place.address", "resident.name", "resident.phone"]) if (byId(id).required && !byId(id).value.trim()) missing.push([id, label(id)]);
  if (byId("eligibility").value === "eligible" && !byId("eligibility_basis").value) missing.push(["eligibility_basis", label("eligibility_basis")]);
  return missing;
}

function showLacking() {
  const line = byId("lacking");
  const missing = lacking();
  line.textContent = missing.length > 0 ? `${line.dataset.lead}${missing.map(([, name]) => name).join(" / ")}` : "";
  byId("basis-box").hidden = byId("eligibility").value !== "eligible";
}

// What is sent. The keys are kept with the page, so that sending again after a lost answer makes nothing twice.
const kept = (name, make) => sessionStorage.getItem(`${callId}-${name}`) ?? (sessionStorage.setItem(`${callId}-${name}`, make()), sessionStorage.getItem(`${callId}-${name}`));
const forget = (name) => sessionStorage.removeItem(`${callId}-${name}`);

// A pin far from its town, which the dispatcher has confirmed: as it stood then.
let confirmedPin = "";
const isFarPin = (error) => error instanceof Refused && error.problem.type?.endsWith(":pin-far-from-town");

function caseBody() {
  const value = (name) => form.elements[name]?.value.trim() || undefined;
  const liability = value("liability_flag");
  const category = chosen.job.category;
  const categories = category === "liability" || liability !== "yes" ? [category] : [category, "liability"];
  const { postal_code, jis_code, town } = chosen.place;
  return {
    call_id: callId, programme: screen.dataset.programme, categories, language: chosen.language, liability_flag: category === "liability" ? "yes" : liability,
    eligibility: value("eligibility"), eligibility_basis: value("eligibility") === "eligible" ? value("eligibility_basis") : undefined,
    host_company: value("host_company"), lessee_kind: value("lessee_kind"), spoken_with_worker: value("spoken_with_worker"),
    topic: category === "consultation" ? value("topic") : undefined,
    resident: { name: value("resident.name"), phone: value("resident.phone") ? phoneOf(value("resident.phone")) : null },
    place: {
      postal_code, jis_code, town, address: value("place.address"), building: value("place.building"), room: value("place.room"),
      access_notes: value("place.access_notes"), pin: chosen.pin ? { type: "Point", coordinates: chosen.pin } : undefined,
      pin_confirmed: chosen.pin && confirmedPin === String(chosen.pin) ? "far_from_town" : undefined,
    },
  };
}

// What is in the way of the job is settled on the page of the case, once that is made.
function tellRefusal(error) {
  tell(form, error);
  const made = sessionStorage.getItem(`${callId}-case`);
  if (!made) return;
  const link = Object.assign(document.createElement("a"), { href: `/cases/${made}`, textContent: form.dataset.toCase });
  form.querySelector(":scope > .refusal").append(document.createElement("br"), link);
}

let sending = false;
async function send() {
  const missing = lacking();
  if (missing.length > 0) return byId(missing[0][0]).focus();
  if (sending) return;
  sending = true;
  byId("send").disabled = true;
  let step = "case-key";
  try {
    await draft.flush();
    let made = sessionStorage.getItem(`${callId}-case`);
    if (!made) {
      made = (await call("POST", "/v1/cases", { body: caseBody(), key: kept(step, newKey) })).body.id;
      sessionStorage.setItem(`${callId}-case`, made);
    }
    step = "job-key";
    let to = `/cases/${made}`;
    if (chosen.job.dispatched === "true") {
      to = `/jobs/${(await call("POST", `/v1/cases/${made}/jobs`, { body: { job_code: chosen.job.code }, key: kept(step, newKey) })).body.id}`;
    }
    draft.done();
    location.assign(to);
  } catch (error) {
    if (error instanceof Refused) forget(step);
    byId("send").disabled = false;
    sending = false;
    if (!isFarPin(error) || !confirm(form.dataset.pinFar)) return tellRefusal(error);
    confirmedPin = String(chosen.pin);
    await send();
  }
}

// Fields.
languageField(byId("language-text"), (language) => {
  chooseLanguage(language);
  byId("danger-none").focus();
});
combobox(byId("job-text"), {
  find(text) {
    const fits = matcher(text);
    return jobs.filter((job) => fits(job.label, job.other, job.code)).slice(0, 12).map((job) => ({ job, label: job.label, detail: `${job.code}  ${job.other}`, tone: job.priority }));
  },
  picked({ job }) {
    chooseJob(job);
    byId("liability_flag").focus();
  },
});
combobox(byId("place-text"), {
  wait: 120,
  async find(text) {
    if (text.length < 2) return [];
    const digits = text.normalize("NFKC").replace(/[-\s〒]/g, "");
    const query = /^\d{7}$/.test(digits) ? { postal_code: digits } : { q: text };
    const found = await call("GET", `/v1/places?${new URLSearchParams({ ...query, limit: 10 })}`).catch(() => ({ body: [] }));
    return found.body.map((place) => ({ place, label: `${place.prefecture}${place.municipality}${place.town}`, detail: `${place.postal_code}  ${place.town_kana}` }));
  },
  picked({ place }) {
    chosen.pin = null;
    choosePlace(place);
    byId("place.address").focus();
  },
});

// Keys: Enter goes on to the next field, Ctrl and Enter send, Alt and a digit lead to a step.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.target.matches("button")) return;
  event.preventDefault();
  const fields = [...form.querySelectorAll("input, select, button.primary")].filter((field) => field.offsetParent !== null);
  fields[fields.indexOf(event.target) + 1]?.focus();
});
document.addEventListener("keydown", (event) => {
  if (byId("instruction").open) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  }
  const step = event.altKey && /^Digit[1-5]$/.test(event.code) && document.querySelectorAll(".step")[Number(event.code.at(-1)) - 1];
  if (step) {
    event.preventDefault();
    (step.querySelector("input, .primary") ?? step).focus();
  }
});
form.addEventListener("input", () => {
  draft.touch();
  showLacking();
});

// The parts of the screen.
const draft = openDraft(callId, byId("draft-state"), {
  read: () => ({
    fields: Object.fromEntries([...form.elements].filter((field) => field.name && !field.disabled).map((field) => [field.name, field.value])),
    language: chosen.language, job: chosen.job?.code ?? null, place: chosen.place, pin: chosen.pin,
  }),
  write(body) {
    for (const [name, value] of Object.entries(body.fields ?? {})) if (form.elements[name]) form.elements[name].value = value;
    chosen.pin = body.pin ?? null;
    chooseLanguage(languageOf(body.language));
    chooseJob(jobs.find((job) => job.code === body.job));
    if (body.place) {
      const fields = { ...body.fields };
      choosePlace({ ...body.place, block: null, building: null, room: null });
      for (const [name, value] of Object.entries(fields)) if (name.startsWith("place.")) form.elements[name].value = value;
    }
  },
});
const dangers = startDangers(callId, () => {
  showLacking();
  look();
}, () => byId("job-text").focus());
const interpreter = startInterpreter(callId);
const repeats = startRepeats(callId);
const pin = startPin(byId("map"), (coordinates) => {
  chosen.pin = coordinates;
  draft.touch();
  look();
});

chooseLanguage(languageOf(chosen.language) ?? { tag: chosen.language, label: chosen.language, stands: "", availability: "" });
await draft.load();
await dangers.load();
repeats.look(chosen.place?.point.coordinates);
if (!screen.dataset.case) byId(dangers.settled() ? "job-text" : "danger-none").focus();
screen.dataset.ready = "true";
