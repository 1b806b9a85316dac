// Danger first (4.1): each hazard has a digit; a yes is told to the service at once, and its instruction fills the screen
// until the dispatcher has given it.
import { call, newKey, Refused } from "./send.js";
import { say } from "./console.js";

/** `changed()` after every answer; `onward()` when all are answered. */
export function startDangers(callId, changed, onward) {
  const path = `/v1/calls/${callId}/hazard-answers`;
  const buttons = [...document.querySelectorAll(".hazard")];
  const dialog = document.getElementById("instruction");
  const state = document.getElementById("danger-state");
  let standing = { hazards: [], instructions: [] };

  const of = (hazard) => standing.hazards.find((one) => one.hazard === hazard);
  const settled = () => standing.hazards.length > 0 && standing.hazards.every((one) => one.answer && !(one.answer === "yes" && !one.instructed_at));

  function show() {
    for (const button of buttons) {
      const answer = of(button.dataset.hazard)?.answer;
      button.setAttribute("aria-pressed", String(answer === "yes"));
      button.dataset.answer = answer ?? "";
      const line = button.querySelector(".answer");
      line.textContent = answer ? line.dataset[answer] : "";
    }
    state.textContent = settled() ? state.dataset.done : "";
    changed();
    const waiting = standing.instructions.find((one) => !of(one.hazard)?.instructed_at);
    if (waiting) instruct(waiting);
  }

  async function tell(body) {
    try {
      standing = (await call("POST", path, { body, key: newKey() })).body;
      show();
      return true;
    } catch (error) {
      say(error instanceof Refused ? error.message : document.getElementById("form").dataset.lost);
      return false;
    }
  }

  function instruct(instruction) {
    dialog.dataset.hazard = instruction.hazard;
    const japanese = document.documentElement.lang === "ja";
    document.getElementById("instruction-title").textContent = japanese ? instruction.title_ja : instruction.title_en;
    for (const language of ["ja", "en"]) {
      document.getElementById(`instruction-${language}`).replaceChildren(...instruction[language].map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    }
    const dial = instruction.dial ?? instruction.otherwise_dial;
    document.getElementById("instruction-dial").textContent = dial ? `☎ ${dial}` : "";
    const handover = document.getElementById("instruction-handover");
    handover.hidden = !instruction.service;
    handover.textContent = handover.dataset.text;
    handover.dataset.service = instruction.service ?? "";
    if (!dialog.open) dialog.showModal();
    document.getElementById("instruction-given").focus();
  }

  document.getElementById("instruction-given").addEventListener("click", async () => {
    const hazard = dialog.dataset.hazard;
    if (dialog.dataset.telling) return;
    dialog.dataset.telling = "true";
    try {
      standing = (await call("POST", `/v1/calls/${callId}/instructions/${hazard}/acknowledgement`, { body: {}, key: newKey() })).body;
      dialog.close();
      show();
      if (!dialog.open) document.getElementById(settled() ? "job-text" : "danger-none").focus();
    } catch (error) {
      say(error.message);
    } finally {
      delete dialog.dataset.telling;
    }
  });
  document.getElementById("instruction-handover").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    try {
      const { body } = await call("POST", `/v1/calls/${callId}/emergency-handovers`, { body: { service: button.dataset.service }, key: newKey() });
      button.hidden = true;
      if (body.dial) document.getElementById("instruction-dial").textContent = `☎ ${body.dial}`;
      document.getElementById("instruction-given").focus();
    } catch (error) {
      say(error.message);
    }
  });
  // An instruction is given or it is not: there is no way around it.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  // What sends a form elsewhere is no word that it was given.
  dialog.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.preventDefault());

  function toggle(button) {
    const answer = of(button.dataset.hazard)?.answer === "yes" ? "no" : "yes";
    tell({ answers: [{ hazard: button.dataset.hazard, answer }] });
  }
  async function others(answer) {
    if ((await tell({ others: answer })) && settled()) onward();
  }
  for (const button of buttons) button.addEventListener("click", () => toggle(button));
  document.getElementById("danger-none").addEventListener("click", () => others("no"));
  document.getElementById("danger-unknown").addEventListener("click", () => others("unknown"));

  document.addEventListener("keydown", (event) => {
    if (dialog.open || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    const button = buttons.find((one) => one.dataset.key === event.key);
    if (button) toggle(button);
    else if (event.key === "0") others("no");
    else if (event.key === "u" || event.key === "U") others("unknown");
    else return;
    event.preventDefault();
  });

  return {
    settled,
    async load() {
      standing = (await call("GET", path).catch(() => ({ body: standing }))).body;
      show();
    },
  };
}
