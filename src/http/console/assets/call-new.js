// A new call: the language first, then who calls.
import { languageField, tellStanding } from "./languages.js";

const input = document.getElementById("language-text");
const chosen = document.getElementById("language");
const phone = document.getElementById("phone");

languageField(input, (language) => {
  input.value = language.label;
  chosen.value = language.tag;
  tellStanding(document.getElementById("language-stands"), language);
  phone.focus();
});
// A call without a number says why.
const none = document.getElementById("no_number");
none.addEventListener("change", () => {
  phone.required = none.value === "";
  if (none.value !== "") phone.value = "";
});
phone.addEventListener("input", () => {
  none.value = "";
  phone.required = true;
});
input.addEventListener("input", () => (chosen.value = ""));
