// A job's or a case's page: what has changed is read anew part by part; a part in which somebody is typing waits.
import { follow } from "./changes.js";
import { say } from "./console.js";
import { tick } from "./clocks.js";
import { call } from "./send.js";

/** How often a message that is not settled is asked after: of deliveries the changes say nothing. */
const DELIVERY_MS = 5000;

const page = document.getElementById("job");
const parts = () => [...document.querySelectorAll("[data-live]")];
let timer = null;

const busy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button, summary") || part.querySelector("[aria-busy=true], .refusal[role=alert]");
const opened = (part) => [...part.querySelectorAll("details")].map((details) => details.open);

async function readAnew() {
  timer = null;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return later();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let waits = false;
  for (const part of parts()) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!next || next.isEqualNode(part)) continue;
    if (busy(part)) {
      waits = true;
      continue;
    }
    const open = opened(part);
    const put = document.adoptNode(next);
    put.querySelectorAll("details").forEach((details, at) => open[at] !== undefined && (details.open = open[at]));
    part.replaceWith(put);
  }
  page.dataset.read = String(Number(page.dataset.read ?? 0) + 1);
  tick();
  if (waits) later();
}

function later() {
  timer ??= setTimeout(readAnew, 2000);
}

follow(page.dataset.worker, Number(page.dataset.pos), {
  changed(changes) {
    const ours = ({ subject, id }) => id === page.dataset.job || id === page.dataset.case || ["alarm", "referral", "review", "dispute", "call"].includes(subject);
    if (changes.some(ours)) timer ??= setTimeout(readAnew, 150);
  },
  missed: () => location.reload(),
  signedOut() {
    say(page.dataset.signedOut);
    setTimeout(() => location.assign("/sign-in"), 3000);
  },
});

// Another job is made beside one of the same kind, and of no other.
const kind = document.getElementById("job_code");
function offerBeside() {
  const box = document.getElementById("beside-box");
  if (!kind || !box) return;
  const same = [...box.querySelectorAll("option[data-code]")].filter((option) => (option.hidden = option.disabled = option.dataset.code !== kind.value) === false);
  box.hidden = same.length === 0;
  box.querySelector("select").value = "";
}
kind?.addEventListener("change", offerBeside);
offerBeside();

// A message that waits is shown as sent once it is.
setInterval(async () => {
  if (!document.querySelector(".m-pending")) return;
  const told = await call("GET", `/v1/jobs/${page.dataset.job}/messages`).catch(() => ({ body: [] }));
  const shown = new Map([...document.querySelectorAll("[data-message]")].map((row) => [row.dataset.message, row.dataset.seen]));
  if (told.body.some(({ id, state, attempts }) => shown.get(id) !== `${state} ${attempts}`)) timer ??= setTimeout(readAnew, 0);
}, DELIVERY_MS);
