// The calls that wait: read anew as they change; N takes a new one.
import { follow } from "./changes.js";
import { say } from "./console.js";
import { tick } from "./clocks.js";

const page = document.getElementById("calls");

async function readAnew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("lists");
  const at = document.activeElement?.dataset.call;
  document.getElementById("lists").replaceWith(document.adoptNode(fresh));
  if (at) document.querySelector(`[data-call="${at}"]`)?.focus();
  tick();
}

let timer = null;
follow(page.dataset.worker, Number(page.dataset.pos), {
  changed(changes) {
    if (changes.some(({ subject }) => subject === "call")) timer ??= setTimeout(() => ((timer = null), readAnew()), 150);
  },
  missed: readAnew,
  signedOut() {
    say(page.dataset.signedOut);
    setTimeout(() => location.assign("/sign-in"), 3000);
  },
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "n" || event.key === "N") document.getElementById("new-call").click();
});
