// Of the forms of a bill: only an upheld dispute says how the bill is corrected.

for (const form of document.querySelectorAll("form[data-resolution]")) {
  form.elements.outcome.addEventListener("change", () => {
    const upheld = form.elements.outcome.value === "upheld";
    for (const part of form.querySelectorAll("[data-upheld]")) {
      part.hidden = !upheld;
      for (const field of part.querySelectorAll("select, textarea")) field.disabled = !upheld;
    }
  });
}
