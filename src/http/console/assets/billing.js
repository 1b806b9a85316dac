// Of the forms of a bill: only an upheld dispute says how the bill is corrected, and shows what that changes.
import { showDifference } from "./difference.js";
import { askToConfirm, call } from "./send.js";

for (const form of document.querySelectorAll("form[data-resolution]")) {
  let asked = 0;

  const look = async () => {
    const mine = ++asked;
    const ruling = form.elements["correction.ruling"].value;
    const upheld = form.elements.outcome.value === "upheld";
    if (upheld && ruling === "rescind") form.dataset.confirm = form.dataset.rescind;
    else delete form.dataset.confirm;
    if (!upheld) return;
    const body = { ruling, reason: "other", note: "-" };
    const answer = await call("POST", `/v1/disputes/${form.dataset.id}/preview`, { body }).catch(() => null);
    // An older answer never comes over a newer one.
    if (mine === asked) showDifference(form, form.querySelector("[data-change]"), form.querySelector("[data-difference]"), answer?.body);
  };

  form.elements.outcome.addEventListener("change", () => {
    const upheld = form.elements.outcome.value === "upheld";
    for (const part of form.querySelectorAll("[data-upheld]")) {
      part.hidden = !upheld;
      for (const field of part.querySelectorAll("select, textarea")) field.disabled = !upheld;
    }
  });
  form.addEventListener("change", (event) => event.target.matches("select") && askToConfirm(form, []));
  form.addEventListener("change", (event) => event.target.matches("[name=outcome], [name='correction.ruling']") && look());
}
