// What a decision about a bill would change, in words: the texts stand on the form that asks.

/** An amount as the page writes it. */
export const yen = (form, amount) => form.dataset.yen.replace("{amount}", amount.toLocaleString("en"));

/** Charges line by line; `none` where there are none. Where nobody knows them, nothing is said of them. */
export function showCharges(form, list, charges, none) {
  const texts = charges?.map((line) => (form.dataset.language === "ja" ? line.text_ja : line.text_en)) ?? [form.dataset.unknown];
  const rows = (texts.length > 0 ? texts : [none]).map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  });
  list.replaceChildren(...rows);
}

/** What is billed more or less, in sum and line by line. */
export function showDifference(form, change, list, priced) {
  change.textContent = priced ? yen(form, priced.change_yen) : form.dataset.unknown;
  showCharges(form, list, priced?.difference, form.dataset.same);
}
