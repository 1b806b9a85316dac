// The Board: what has changed is read anew, a row at a time, and put where it belongs.
import { look } from "./alarms.js";
import { follow } from "./changes.js";
import { say } from "./console.js";
import { tick } from "./clocks.js";

const COALESCE_MS = 150;
const ROWS_MAX = 50;

const board = document.getElementById("board");
const query = board.dataset.query;
const title = document.title;
const waiting = new Set();
let headWaits = false;
let timer = null;
let reading = Promise.resolve();

const rows = () => document.getElementById("rows");
const rowOf = (job) => document.getElementById(`job-${job}`);

function changed(changes) {
  for (const { subject, id } of changes) {
    if (subject === "job") waiting.add(id);
    if (subject === "case") {
      for (const row of rows().querySelectorAll(`[data-case="${id}"]`)) waiting.add(row.dataset.job);
    }
    if (subject === "job" || subject === "alarm") headWaits = true;
  }
  if (waiting.size > 0 || headWaits) timer ??= setTimeout(readAnew, COALESCE_MS);
}

function readAnew() {
  timer = null;
  const jobs = [...waiting];
  const head = headWaits;
  waiting.clear();
  headWaits = false;
  if (jobs.length > ROWS_MAX) return location.reload();
  // One after the other: an older answer never comes over a newer one.
  reading = reading.then(async () => {
    if (jobs.length > 0) await readRows(jobs);
    if (head) await readHead();
  }).catch(() => {
    for (const job of jobs) waiting.add(job);
    headWaits ||= head;
    timer ??= setTimeout(readAnew, 2000);
  });
}

async function readRows(jobs) {
  const separator = query ? "&" : "?";
  const answer = await fetch(`/board/rows${query}${separator}ids=${jobs.join(",")}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const read = new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html");
  const found = new Map([...read.querySelectorAll("tr[data-job]")].map((row) => [row.dataset.job, row]));
  for (const job of jobs) place(job, found.get(job));
  document.getElementById("empty").hidden = rows().children.length > 0;
  tick();
}

/** Puts a row where its urgency and age belong; takes it away where there is none any more. */
function place(job, fresh) {
  const old = rowOf(job);
  const focused = old?.contains(document.activeElement);
  if (!fresh) return old?.remove();
  const row = document.adoptNode(fresh);
  row.classList.add("changed");
  if (old && old.dataset.order === row.dataset.order) {
    old.replaceWith(row);
  } else {
    old?.remove();
    const next = [...rows().children].find((other) => other.dataset.order > row.dataset.order);
    rows().insertBefore(row, next ?? null);
  }
  if (focused) row.focus({ preventScroll: true });
}

async function readHead() {
  const open = document.querySelector(".taken")?.open;
  await htmx.ajax("GET", `/board/head${query}`, { target: "#head", swap: "outerHTML" });
  const taken = document.querySelector(".taken");
  if (taken && open) taken.open = true;
}

function ringing() {
  const count = Number(document.querySelector(".alarms")?.dataset.ringing ?? 0);
  document.title = count > 0 ? `(${count}) ${title}` : title;
  look();
}

document.addEventListener("htmx:afterSettle", ringing);
ringing();

// Up and down through the rows, Enter into one; `a` to the first alarm, `n` takes a new call.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const row = event.target.closest?.("tr[data-job]");
  if (event.key === "n") return location.assign("/calls/new");
  if (event.key === "Enter" && row && event.target === row) return location.assign(`/jobs/${row.dataset.job}`);
  const to = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling, a: document.querySelector(".alarm button") }[event.key];
  if (!to) return;
  event.preventDefault();
  to.focus();
});

follow(board.dataset.worker, Number(board.dataset.pos), {
  changed,
  missed: () => location.reload(),
  signedOut: () => {
    say(board.dataset.signedOut);
    setTimeout(() => location.assign("/sign-in"), 3000);
  },
});
