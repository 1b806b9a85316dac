// The interpreter in the call: asked, joined or not; with how the language stands now and what comes instead.
import { languageOf } from "./languages.js";
import { call, newKey } from "./send.js";
import { say } from "./console.js";

export function startInterpreter(callId) {
  const ask = document.getElementById("interpreter-ask");
  const asked = document.getElementById("interpreter-asked");
  const state = document.getElementById("interpreter-state");
  const advice = document.getElementById("language-advice");
  let language = null;
  let request = null;

  ask.addEventListener("click", async () => {
    try {
      request = (await call("POST", `/v1/calls/${callId}/interpretations`, { body: { language, interpreter: `line-${language}` }, key: newKey() })).body.id;
      asked.hidden = false;
      ask.hidden = true;
      state.textContent = "";
      asked.querySelector("button").focus();
    } catch (error) {
      say(error.message);
    }
  });
  for (const button of asked.querySelectorAll("button")) {
    button.addEventListener("click", async () => {
      const { outcome } = button.dataset;
      try {
        await call("POST", `/v1/interpretations/${request}/outcome`, { body: { outcome }, key: newKey() });
        asked.hidden = true;
        ask.hidden = outcome === "joined";
        state.textContent = state.dataset[outcome];
        document.getElementById("danger-none").focus();
      } catch (error) {
        say(error.message);
      }
    });
  }

  return {
    async languageIs(tag) {
      language = tag;
      ask.disabled = tag.startsWith("ja");
      const found = await call("GET", `/v1/languages/${encodeURIComponent(tag)}`).catch(() => null);
      if (language !== tag || !found) return;
      const japanese = document.documentElement.lang === "ja";
      if (tag.startsWith("ja")) return advice.replaceChildren();
      const item = (step) => Object.assign(document.createElement("li"), { textContent: [advice.dataset[step.step], languageOf(step.tag)?.label, languageOf(step.tag)?.stands].filter(Boolean).join(" / ") });
      const order = Object.assign(document.createElement("ol"), {});
      if (found.body.availability !== "open") order.append(...found.body.fallbacks.map(item));
      advice.replaceChildren(japanese ? found.body.advice_ja : found.body.advice_en, order);
    },
  };
}
