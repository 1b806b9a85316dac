// Looks whether the contractor is asked something else by now. What is being filled in is never taken away.
import { call } from "./send.js";

const EVERY_MS = 10_000;

const firm = document.getElementById("firm");
const fresh = document.getElementById("fresh");
const shown = new Set(firm.dataset.shown.split(",").filter(Boolean));
let touched = false;

document.addEventListener("input", () => { touched = true; });

async function look() {
  const { body } = await call("GET", "/v1/offers?state=open&limit=50");
  const open = body.items.map(({ id }) => id);
  if (open.every((id) => shown.has(id))) return;
  if (touched || document.activeElement?.closest("form")) fresh.hidden = false;
  else location.reload();
}

setInterval(() => look().catch(() => {}), EVERY_MS);
