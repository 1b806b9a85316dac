// Cases the call may be about already: from the same number, or from the same place. A repeat call is attached to its
// case, and what can be told about it is shown at once.
import { call, newKey } from "./send.js";
import { say } from "./console.js";

export function startRepeats(callId) {
  const section = document.getElementById("repeats");
  const list = document.getElementById("repeats-list");
  const states = new Map([...document.getElementById("job-states").options].map((option) => [option.value, option.label]));
  const text = (tag, words, kind = "") => Object.assign(document.createElement(tag), { textContent: words, className: kind });

  function row(found) {
    const item = document.createElement("li");
    const link = Object.assign(text("a", found.number, "mono"), { href: `/cases/${found.case_id}` });
    const why = found.reasons.map((reason) => list.dataset[reason]).join(" / ");
    const ago = list.dataset.ago.replace("{n}", found.minutes_ago);
    // Of a closed case the caller may only ask; where the trouble goes on, it is opened again.
    const ways = found.state === "closed" ? [["goesOn", "goes_on"], ["attach", "where_is_he"]] : [["attach", "where_is_he"]];
    const attach = ways.map(([words, purpose]) => {
      const button = text("button", list.dataset[words]);
      button.type = "button";
      button.addEventListener("click", () => join(found.case_id, purpose));
      return button;
    });
    item.append(link, text("span", `${why} ${ago}`, "muted"), ...found.jobs.map((job) => text("span", `${job.job_code} ${states.get(job.state) ?? job.state}`, "tag")), ...attach);
    return item;
  }

  async function join(caseId, purpose) {
    try {
      const { body } = await call("POST", `/v1/calls/${callId}/attachment`, { body: { case_id: caseId, purpose }, key: newKey() });
      const lines = body.jobs.map((job) => {
        const due = job.arrival_due_at && new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" }).format(new Date(job.arrival_due_at));
        return text("p", [states.get(job.state) ?? job.state, job.technician, due && `→ ${due}`].filter(Boolean).join("  "), "told");
      });
      const link = Object.assign(text("a", list.querySelector(`a[href="/cases/${caseId}"]`)?.textContent ?? caseId), { href: `/cases/${caseId}` });
      document.getElementById("attached").replaceChildren(...lines, link);
      list.replaceChildren();
      link.focus();
    } catch (error) {
      say(error.message);
    }
  }

  // Alt and R: the first of them.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.code !== "KeyR") return;
    event.preventDefault();
    list.querySelector("button")?.click();
  });

  return {
    async look(coordinates) {
      const place = coordinates ? `?lon=${coordinates[0]}&lat=${coordinates[1]}` : "";
      const found = await call("GET", `/v1/calls/${callId}/duplicates${place}`).catch(() => ({ body: [] }));
      list.replaceChildren(...found.body.map(row));
      section.hidden = found.body.length === 0 && document.getElementById("attached").children.length === 0;
    },
  };
}
