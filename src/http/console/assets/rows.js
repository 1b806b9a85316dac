// Lists whose rows lead somewhere: up and down with the arrow keys, and a click anywhere on the row.

for (const table of document.querySelectorAll("table[data-rows]")) {
  const links = () => [...table.querySelectorAll(".row-link")];
  table.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = links().indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    links()[at + step]?.focus();
  });
  table.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, select, summary, label") || String(getSelection())) return;
    event.target.closest("tr")?.querySelector(".row-link")?.click();
  });
}
