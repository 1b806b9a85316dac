// Of every page: the session's token for what htmx sends, failures as notes, clocks.
import { startClocks } from "./clocks.js";
import "./send.js";

const csrf = document.querySelector('meta[name="csrf"]').content;

document.addEventListener("htmx:configRequest", (event) => {
  if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
});

/** Shows a line that goes away by itself; `html` comes from the service. */
export function note(html) {
  const notes = document.getElementById("notes");
  notes.innerHTML = html;
  clearTimeout(note.timer);
  note.timer = setTimeout(() => notes.replaceChildren(), 8000);
}

/** The same for a text. */
export function say(text) {
  const line = document.createElement("p");
  line.className = "note";
  line.textContent = text;
  note(line.outerHTML);
}

document.addEventListener("htmx:responseError", (event) => {
  const type = event.detail.xhr.getResponseHeader("content-type") ?? "";
  if (type.startsWith("text/html")) note(event.detail.xhr.responseText);
});

startClocks();
