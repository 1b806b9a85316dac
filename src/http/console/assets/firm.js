// Looks whether the contractor is asked something else by now, or a job has become dangerous, or is so no more. What is being
// filled in is never taken away.

const EVERY_MS = 10_000;

const firm = document.getElementById("firm");
const fresh = document.getElementById("fresh");
let touched = false;

document.addEventListener("input", () => { touched = true; });

async function look() {
  const answer = await fetch("/firm", { headers: { accept: "text/html" } });
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("firm");
  // Somebody who is signed out meanwhile is shown another page.
  if (!now || now.dataset.shown === firm.dataset.shown) return;
  if (touched || document.activeElement?.closest("form")) fresh.hidden = false;
  else location.reload();
}

const again = () => look().catch(() => {});
setInterval(again, EVERY_MS);
// Whoever comes back to the page sees it at once.
addEventListener("focus", again);
