// A decision: what each ruling would cost, shown while it is being thought about; digits choose, Ctrl+Enter decides.
import { showCharges, showDifference, yen } from "./difference.js";
import { askToConfirm, call, newKey, Refused, tell } from "./send.js";

const WAIT_MS = 250;

const form = document.getElementById("decide");
const correction = document.getElementById("correction");
const lines = document.getElementById("lines");
const difference = document.getElementById("difference");
const change = document.getElementById("change");
let asked = 0;
let timer = null;
let key = newKey();

const ruling = () => form.elements.ruling.value;
const instant = (text) => `${text.length === 16 ? `${text}:00` : text}+09:00`;

/** What is stated of the work, as the API takes it. */
function stated() {
  return [...form.querySelectorAll(".stated")].filter((one) => one.querySelector("[data-state]").checked).map((one) => ({
    technician_id: one.dataset.technician,
    stretches: [...one.querySelectorAll(".stretch")]
      .map((row) => ({ from: row.querySelector("[data-from]").value, to: row.querySelector("[data-to]").value, work: row.querySelector("select").value }))
      .filter(({ from, to }) => from && to)
      .map(({ from, to, work }) => ({ from: instant(from), to: instant(to), work })),
  }));
}

/** What is ticked, as the decision in force says it. */
const kept = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => JSON.parse(box.value));

/** What is doubtful about the decision and right all the same. */
const confirmed = () => [...form.querySelectorAll('[name="confirm"]:checked')].map((box) => box.value);

/** Whether a correction says nothing. */
const isEmpty = ({ disregard, work, payers, goodwill }) => [disregard, work, payers, goodwill].every((said) => said.length === 0);

function decision(which, { reason, note }) {
  const body = { ruling: which, reason, note };
  if (which === "rescind") return { ...body, confirm: confirmed() };
  if (which !== "correct") return body;
  const disregard = [...form.querySelectorAll('[name="disregard"]:checked')].map((box) => box.value);
  const said = { disregard, work: stated(), payers: kept("payers"), goodwill: kept("goodwill") };
  // The form shows what is in force, so what it says is all of it; where it says nothing any more, the record counts again.
  if (form.dataset.decided && isEmpty(said)) return { ...body, ruling: "accept", starts_from: "record" };
  return { ...body, starts_from: "record", ...said };
}

async function preview(which) {
  const cost = form.querySelector(`[data-cost="${which}"]`);
  const body = decision(which, { reason: "other", note: "-" });
  if (body.ruling === "correct" && isEmpty(body)) {
    cost.textContent = form.dataset.unknown;
    return null;
  }
  try {
    const answer = await call("POST", `/v1/reviews/${form.dataset.id}/preview`, { body });
    cost.textContent = yen(form, answer.body.total_yen);
    return answer.body;
  } catch (error) {
    cost.textContent = error.problem?.type?.endsWith("over-limits") ? form.dataset.tooMuch : form.dataset.unknown;
    return null;
  }
}

/** What would be billed, and line by line what that changes of what is billed now. */
function showLines(priced) {
  showCharges(form, lines, priced?.lines, form.dataset.none);
  showDifference(form, change, difference, priced);
}

async function look() {
  const mine = ++asked;
  correction.hidden = ruling() !== "correct";
  const priced = await preview(ruling());
  // An older answer never comes over a newer one.
  if (mine === asked) showLines(priced);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
}

async function send() {
  const body = { version: Number(form.dataset.version), decision: decision(ruling(), { reason: form.elements.reason.value, note: form.elements.note.value }) };
  const button = form.querySelector(".primary");
  button.disabled = true;
  try {
    await call("POST", `/v1/reviews/${form.dataset.id}/decision`, { body, key });
    location.assign("/reviews");
  } catch (error) {
    if (error instanceof Refused) key = newKey();
    tell(form, error);
    button.disabled = false;
  }
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.elements.reason && (ruling() !== "rescind" || confirm(form.dataset.rescind))) send();
  });
  form.addEventListener("input", (event) => {
    key = newKey();
    const state = event.target.closest("[data-state]");
    if (state) state.closest(".stated").querySelector(".stretches").hidden = !state.checked;
    // What was to be confirmed is asked anew of another ruling, or of another reason for it.
    if (event.target.matches('[name="ruling"], #reason')) askToConfirm(form, []);
    if (!event.target.matches("#reason, #note, [name='confirm']")) soon();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-remove]")) {
      const all = event.target.closest(".stretches");
      event.target.closest(".stretch").remove();
      all.querySelector("[data-add]").focus();
      soon();
    }
    const add = event.target.closest("[data-add]");
    if (add) {
      add.before(document.getElementById("stretch").content.cloneNode(true));
      add.previousElementSibling.querySelector("input").focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && form.elements.reason) form.requestSubmit();
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input:not([type="radio"]), select, textarea')) return;
    const choice = [...form.elements.ruling][Number(event.key) - 1];
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const other of ["accept", "write_off", "rescind"]) preview(other);
  look();
}
