// Roles are bound to a firm, a technician or a billing consumer: a form asks for what its role needs. The secret of a new
// token is shown once.
import { call } from "./send.js";

/** The technicians of a firm, page by page. */
async function technicians(firm) {
  const all = [];
  let cursor = "";
  do {
    const { body } = await call("GET", `/v1/firms/${firm}/technicians?limit=200${cursor}`);
    all.push(...body.items);
    cursor = body.next ? `&cursor=${body.next}` : "";
  } while (cursor);
  return all;
}

function need(form) {
  const role = form.elements.role.value;
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(role);
    for (const field of part.querySelectorAll("select")) field.disabled = part.hidden;
  }
}

async function offer(form) {
  const select = form.elements.technician_id;
  const firm = form.elements.firm_id.value;
  if (!firm || select.disabled) return;
  const choose = new Option(select.dataset.choose, "");
  select.replaceChildren(choose, ...(await technicians(firm)).map(({ id, name }) => new Option(name, id)));
}

for (const form of document.querySelectorAll("form[data-grant]")) {
  form.elements.role.addEventListener("change", () => {
    need(form);
    offer(form);
  });
  form.elements.firm_id.addEventListener("change", () => offer(form));
  need(form);
}

const box = document.getElementById("secret");
document.getElementById("issue").addEventListener("sent", ({ target, detail }) => {
  target.hidden = true;
  box.hidden = false;
  box.querySelector("output").textContent = detail.body.secret ?? "";
  box.querySelector("button").focus();
});
box.querySelector("[data-copy]").addEventListener("click", async ({ currentTarget }) => {
  await navigator.clipboard.writeText(box.querySelector("output").textContent);
  currentTarget.textContent = currentTarget.dataset.done;
});
