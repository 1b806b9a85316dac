// Hours without cover: a table of areas and trades by the hours of a day. What is wrong stands in each cell as a sign and
// a number, not as a colour only.
import { el } from "./map-signs.js";

const HOUR_MS = 3600000;
const DAY_MS = 24 * HOUR_MS;
const ROWS_MAX = 150;
const SIGNS = { nobody: "×", on_call_only: "△" };

/** Rows of what the roster lint has found on a day: per group of municipalities and trade, minutes per hour and hole. */
function rowsOf(findings, begin) {
  const rows = new Map();
  for (const finding of findings) {
    const from = Math.max(new Date(finding.starts_at).getTime(), begin);
    const to = Math.min(new Date(finding.ends_at).getTime(), begin + DAY_MS);
    if (from >= to) continue;
    const key = `${finding.trade} ${finding.municipalities.map((place) => place.jis_code).join(" ")}`;
    if (!rows.has(key)) rows.set(key, { trade: finding.trade, places: finding.municipalities, hours: Array.from({ length: 24 }, () => ({ nobody: 0, on_call_only: 0 })) });
    const row = rows.get(key);
    for (let hour = Math.floor((from - begin) / HOUR_MS); hour < 24 && begin + hour * HOUR_MS < to; hour += 1) {
      const start = begin + hour * HOUR_MS;
      row.hours[hour][finding.hole] += (Math.min(to, start + HOUR_MS) - Math.max(from, start)) / 60000;
    }
  }
  return [...rows.values()];
}

/** The hours of a row with nobody, for the order of rows and the figures of days. */
const open = (row) => row.hours.filter((hour) => hour.nobody > 0).length;

/** The table. `own` is the codes of the chosen firm's areas; `t` gives texts; `day` is the instant it begins. */
export class Coverage {
  #t;
  #days;
  #day;
  #own = null;
  #findings = [];
  #onDay;

  constructor(t, days, onDay) {
    this.#t = t;
    this.#days = days;
    this.#day = days[0].begin;
    this.#onDay = onDay;
    document.getElementById("coverage-own").addEventListener("change", () => this.draw());
  }

  choose(begin) {
    if (this.#days.some((day) => day.begin === begin)) this.#day = begin;
    this.draw();
  }

  show(findings, own) {
    this.#findings = findings;
    this.#own = new Set(own);
    this.draw();
  }

  /** An area names a municipality, or the city it is a ward of. */
  #isOwn(finding) {
    return finding.municipalities.some(({ jis_code, city }) => this.#own.has(jis_code) || this.#own.has(city));
  }

  draw() {
    const only = document.getElementById("coverage-own").checked && this.#own;
    const findings = only ? this.#findings.filter((finding) => this.#isOwn(finding)) : this.#findings;
    const days = this.#days.map(({ begin, text }) => {
      const worst = Math.max(0, ...rowsOf(findings, begin).map(open));
      const button = el("button", { type: "button", class: "chip", "aria-pressed": String(begin === this.#day) }, `${text} `, worst > 0 ? el("b", {}, `× ${this.#t("roster-holes-of-day", { count: worst })}`) : el("span", {}, "○"));
      button.addEventListener("click", () => {
        this.#day = begin;
        this.draw();
        this.#onDay(begin);
        document.querySelector('#coverage-days [aria-pressed="true"]').focus();
      });
      return button;
    });
    document.getElementById("coverage-days").replaceChildren(...days);
    document.getElementById("coverage").replaceChildren(...this.#table(rowsOf(findings, this.#day)));
  }

  #table(rows) {
    if (rows.length === 0) return [el("p", { class: "empty" }, this.#t("roster-cover-none"))];
    rows.sort((one, other) => open(other) - open(one) || one.places[0].jis_code.localeCompare(other.places[0].jis_code) || one.trade.localeCompare(other.trade));
    const hours = Array.from({ length: 24 }, (_, hour) => el("th", { scope: "col" }, String(hour)));
    const head = el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "place" }, this.#t("roster-cover-all")), ...hours));
    const body = el("tbody", {}, ...rows.slice(0, ROWS_MAX).map((row) => this.#row(row)));
    const left = rows.length - ROWS_MAX;
    return [el("table", { class: "coverage" }, head, body), left > 0 && el("p", { class: "muted" }, this.#t("roster-more-rows", { count: left }))].filter(Boolean);
  }

  #row({ places, trade, hours }) {
    const others = places.length > 1 ? ` ${this.#t("roster-more-places", { count: places.length - 1 })}` : "";
    const name = el("th", { scope: "row", class: "place", title: places.map((place) => place.name).join("\n") }, `${places[0].name}${others} `, el("span", { class: `trade t-${trade}` }, this.#t(`trade-${trade}`)));
    return el("tr", {}, name, ...hours.map((hour) => this.#cell(hour)));
  }

  #cell(hour) {
    const hole = ["nobody", "on_call_only"].find((hole) => hour[hole] > 0);
    if (!hole) return el("td", {}, el("span", { "aria-hidden": "true" }, "○"), el("span", { class: "visually-hidden" }, this.#t("roster-covered")));
    const whole = hour[hole] >= 60;
    const said = `${this.#t(`hole-${hole}`)}${whole ? "" : ` ${this.#t("roster-hole-minutes", { count: hour[hole] })}`}`;
    return el("td", { class: hole, title: said }, el("span", { "aria-hidden": "true" }, SIGNS[hole], !whole && el("small", {}, hour[hole])), el("span", { class: "visually-hidden" }, said));
  }
}
