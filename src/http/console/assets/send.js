// Forms that call the API: `data-send="POST /v1/jobs/ID/cancellation"`. Their fields become a JSON body, the session's
// token goes with them, and a refusal is told at the field it names. Repeating one by accident does nothing: each filled
// form has its key.
//
//   name        a path: `place.room` makes {place: {room: …}}; an empty field is left out
//   confirmation  a fieldset of what may be passed over: shown with what a refusal lists in `confirm`
//   data-kind   integer | phone | phone-or-null | yes-no | instant (Tokyo's clock) | list (checkboxes of one name) | null-if-empty; text otherwise
//   data-match  on the form: the version that was seen, sent as If-Match
//   data-fixed  on the form: JSON that is sent as well
//   data-listed on the form: names of what is a list of one, as `recipients`
//   data-then   on the form: where to go afterwards; `stay` tells the page by the event "sent"

/** A refusal of the service, as it tells it. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title ?? String(status));
    Object.assign(this, { status, problem });
  }
}

const csrf = () => document.querySelector('meta[name="csrf"]').content;

/** Calls the API; answers `{body, etag, status}`, or throws Refused. `options`: body, match, key. */
export async function call(method, path, { body, match, key } = {}) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf-token"] = csrf();
  if (body !== undefined) headers["content-type"] = "application/json";
  if (match !== undefined && match !== null) headers["if-match"] = `"${match}"`;
  if (key) headers["idempotency-key"] = key;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const kind = answer.headers.get("content-type") ?? "";
  const read = kind.includes("json") && text ? JSON.parse(text) : text;
  if (!answer.ok) throw new Refused(answer.status, typeof read === "object" ? read : {});
  return { body: read, status: answer.status, etag: answer.headers.get("etag")?.replaceAll('"', "") };
}

/** A new key of one request. */
export const newKey = () => crypto.randomUUID();

/** A number as it is dialled in Japan, in international form. */
export function phoneOf(text) {
  const digits = text.normalize("NFKC").replace(/[^\d+]/g, "");
  return digits.startsWith("0") && !digits.startsWith("00") ? `+81${digits.slice(1)}` : digits || text;
}

function valueOf(field) {
  const kind = field.dataset.kind;
  if (kind === "yes-no") return field.type === "checkbox" ? field.checked : field.value === "" ? undefined : field.value === "true";
  if (field.type === "radio" && !field.checked) return undefined;
  const text = field.value.trim();
  if (text === "") return kind === "null-if-empty" || kind === "phone-or-null" ? null : undefined;
  if (kind === "integer") return Number(text);
  if (kind === "phone" || kind === "phone-or-null") return phoneOf(text);
  if (kind === "instant") return `${text.length === 16 ? `${text}:00` : text}+09:00`;
  return text;
}

function put(body, path, value) {
  const steps = path.split(".");
  const last = steps.pop();
  let at = body;
  for (const step of steps) at = at[step] ??= {};
  at[last] = value;
}

/** What a form says, as the API takes it. */
export function bodyOf(form) {
  const body = JSON.parse(form.dataset.fixed ?? "{}");
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "submit" || field.type === "button") continue;
    if (field.dataset.kind === "list") {
      const list = field.name.split(".").reduce((at, step) => at?.[step], body) ?? [];
      put(body, field.name, field.checked ? [...list, field.value] : list);
      continue;
    }
    const value = valueOf(field);
    if (value !== undefined) put(body, field.name, value);
  }
  for (const name of (form.dataset.listed ?? "").split(" ").filter(Boolean)) if (body[name]) body[name] = [body[name]];
  return body;
}

function clear(form) {
  form.querySelector(":scope > .refusal")?.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Tells a refusal at the form, and at the fields it names. */
export function tell(form, error) {
  clear(form);
  const line = document.createElement("p");
  line.className = "refusal";
  line.setAttribute("role", "alert");
  const problem = error.problem ?? {};
  line.textContent = [problem.title ?? form.dataset.lost ?? error.message, problem.rule && `(${problem.rule})`].filter(Boolean).join(" ");
  let first = null;
  for (const { field, message } of problem.errors ?? []) {
    const named = [...form.elements].find((one) => one.name === field || field.startsWith(`${one.name}.`) || field.startsWith(`${one.name}[`));
    named?.setAttribute("aria-invalid", "true");
    if (named?.title !== undefined && named) named.title = message;
    first ??= named;
    const small = document.createElement("small");
    small.lang = "en";
    small.textContent = `${field}: ${message}`;
    line.append(document.createElement("br"), small);
  }
  if (!problem.errors?.length && problem.detail && problem.type?.endsWith(":invalid") === false) {
    const small = document.createElement("small");
    small.lang = "en";
    small.textContent = problem.detail;
    line.append(document.createElement("br"), small);
  }
  form.append(line);
  if (problem.confirm?.length) askToConfirm(form, problem.confirm);
  first?.focus();
}

// Shows what a person may pass over by naming it, and nothing else of it.
export function askToConfirm(form, reasons) {
  const fieldset = form.querySelector("fieldset.confirmation");
  if (!fieldset) return;
  fieldset.hidden = reasons.length === 0;
  for (const select of fieldset.querySelectorAll("select")) select.disabled = reasons.length === 0;
  for (const box of fieldset.querySelectorAll("input")) {
    // Where one is asked after the other, what was confirmed stays confirmed.
    box.disabled = !reasons.includes(box.value) && !("keep" in fieldset.dataset && box.checked);
    box.checked &&= !box.disabled;
    box.closest("label").hidden = box.disabled;
  }
}

const keys = new WeakMap();

async function send(form) {
  const [method, path] = form.dataset.send.split(" ");
  const buttons = form.querySelectorAll("button");
  clear(form);
  for (const button of buttons) button.disabled = true;
  form.setAttribute("aria-busy", "true");
  try {
    // A repetition after a lost answer is the same request; after a refusal it is another.
    if (!keys.has(form)) keys.set(form, newKey());
    const answer = await call(method, path, { body: method === "DELETE" ? undefined : bodyOf(form), match: form.dataset.match, key: keys.get(form) });
    keys.delete(form);
    const then = form.dataset.then;
    form.dispatchEvent(new CustomEvent("sent", { bubbles: true, detail: answer }));
    if (then === "stay") return;
    if (then) location.assign(then.replace("{id}", answer.body?.id ?? ""));
    else location.reload();
  } catch (error) {
    if (error instanceof Refused) keys.delete(form);
    tell(form, error);
  } finally {
    for (const button of buttons) button.disabled = false;
    form.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || confirm(question)) send(form);
});
// What was in the way of one of them is not in the way of another.
document.addEventListener("change", (event) => event.target.name === "technician_id" && askToConfirm(event.target.form, []));
// What is changed after a lost answer is another request.
document.addEventListener("input", (event) => event.target.form && keys.delete(event.target.form));
