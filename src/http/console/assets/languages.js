// The languages of the line, picked by typing: name in either language, or tag.
import { combobox, matcher } from "./combobox.js";

const all = [...document.getElementById("languages").options].map((option) => ({
  tag: option.value, label: option.label, other: option.dataset.other, availability: option.dataset.availability, stands: option.dataset.stands,
}));

/** The language of a tag. */
export const languageOf = (tag) => all.find((language) => language.tag === tag);

/** Lets a field pick one; `picked(language)`. */
export function languageField(input, picked) {
  combobox(input, {
    find(text) {
      const fits = matcher(text);
      const exact = all.filter((language) => language.tag.toLowerCase() === text.toLowerCase());
      const others = all.filter((language) => !exact.includes(language) && fits(language.label, language.other, language.tag));
      return [...exact, ...others].map((language) => ({ ...language, detail: `${language.other}, ${language.tag}: ${language.stands}`, tone: language.availability }));
    },
    picked,
  });
}

/** Shows how a language stands now. */
export function tellStanding(line, language) {
  line.textContent = language ? language.stands : "";
  line.dataset.tone = language?.availability ?? "";
}
