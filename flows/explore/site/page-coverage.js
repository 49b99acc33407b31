// Coverage: provinces by year as a heat map of shares read; one province's districts by year, state by state.
"use strict";

(() => {
  const STATES = { r: "read", f: "read_with_findings", u: "unreadable", b: "blocked", n: "not_found", l: "not_looked_for" };
  const SIGNS = { r: "●", f: "◐", u: "✕", b: "⊘", n: "○", l: "·", ".": "" };
  const READ = ["read", "read_with_findings"];

  gongkai.coverageState = (letter) => STATES[letter];
  gongkai.coverageSign = (state) => SIGNS[Object.keys(STATES).find((letter) => STATES[letter] === state)];

  gongkai.pages.coverage = async (route) => {
    const index = await gongkai.load("index");
    return route.path[1] ? province(index, route.path[1]) : country(index);
  };

  gongkai.yearsOf = (index) => {
    const [first, last] = index.years;
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, n) => first + n);
  };

  function country(index) {
    const el = gongkai.el;
    const t = gongkai.t;
    const years = gongkai.yearsOf(index);
    const rows = index.provinces.map(([code, name, counts]) => {
      const link = gongkai.link(["coverage", code], {}, {}, name);
      return [link, ...years.map((year) => shareCell(code, name, year, countsOf(counts, year)))];
    });
    const total = years.map((year) => {
      const sums = {};
      for (const [, , counts] of index.provinces) for (const [state, count] of Object.entries(countsOf(counts, year))) sums[state] = (sums[state] || 0) + count;
      return shareCell(null, t("coverage.all"), year, sums);
    });
    const body = index.provinces.length > 1 ? [...rows, [t("coverage.all"), ...total]] : rows;
    const table = gongkai.table(t("coverage.caption"), [t("province"), ...years.map(String)], body, { class: "heat" });
    gongkai.makeGrid(table.querySelector("table"), "td[data-year]");
    enterFollows(table);
    return {
      title: t("coverage.title"),
      content: [
        el("h1", {}, t("coverage.title")),
        el("p", { class: "lead" }, t("coverage.lead")),
        facts(index),
        hasCoverage(index) ? [legendOfShares(), table] : el("p", { class: "notice" }, t("coverage.none")),
        el("p", { class: "tools" }, gongkai.downloadButton("coverage.csv", () => countryRows(index))),
        hasCoverage(index) ? null : el("ul", {}, index.provinces.map(([code, name]) => el("li", {}, gongkai.link(["coverage", code], {}, {}, name)))),
      ],
    };
  }

  function hasCoverage(index) {
    return index.provinces.some(([, , counts]) => counts.length);
  }

  function facts(index) {
    const t = gongkai.t;
    return gongkai.el("p", { class: "facts" }, t("coverage.facts", { reports: gongkai.number(index.reports), release: index.release }));
  }

  function countsOf(counts, year) {
    return Object.fromEntries(counts.filter(([one]) => one === year).map(([, state, count]) => [state, count]));
  }

  function shareCell(code, name, year, counts) {
    const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
    if (!all) return { class: "none", "data-year": String(year), "aria-label": `${name} ${year}: ${gongkai.t("coverage.no_units")}`, children: "" };
    const read = READ.reduce((sum, state) => sum + (counts[state] || 0), 0);
    const share = read / all;
    const words = Object.entries(counts).map(([state, count]) => `${gongkai.t(`coverage.${state}`)} ${count}`).join(", ");
    const text = share === 1 ? "100" : share === 0 ? "0" : (share * 100).toFixed(share < 0.01 || share > 0.99 ? 1 : 0);
    const spoken = `${name} ${year}: ${gongkai.t("coverage.share", { read, all })}; ${words}`;
    const inner = code ? gongkai.link(["coverage", code], { year }, { tabindex: "-1" }, text) : text;
    return { class: `share-${Math.floor(share * 5)}`, "data-year": String(year), title: spoken, "aria-label": spoken, children: inner };
  }

  function legendOfShares() {
    const el = gongkai.el;
    return el("p", { class: "legend" }, gongkai.t("coverage.legend"), " ", ["0–19", "20–39", "40–59", "60–79", "80–99", "100"].map((words, n) => el("span", { class: `key share-${n}` }, `${words}%`)));
  }

  function countryRows(index) {
    const rows = [["province_code", "province", "report_year", "coverage_state", "districts"]];
    for (const [code, name, counts] of index.provinces) for (const [year, state, count] of counts) rows.push([code, name, year, state, count]);
    return rows;
  }

  // Enter on a cell follows the link in it.
  function enterFollows(table) {
    table.addEventListener("keydown", (event) => {
      const link = event.key === "Enter" && event.target.matches("td") && event.target.querySelector("a");
      if (link) link.click();
    });
  }

  async function province(index, code) {
    const el = gongkai.el;
    const t = gongkai.t;
    const data = await gongkai.load(`province/${code}`);
    const years = gongkai.yearsOf(index);
    const known = index.provinces.find(([one]) => one === code);
    const name = known ? known[1] : code;
    const districts = [...data.districts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const covered = districts.filter((row) => /[^.]/.test(row[5]));
    const others = districts.filter((row) => !/[^.]/.test(row[5]));
    const body = covered.map(([district, own, full, , , letters]) => [
      gongkai.link(["district", district], {}, { title: full }, own),
      ...years.map((year, n) => stateCell(district, own, year, letters[n])),
    ]);
    const table = gongkai.table(t("coverage.province.caption", { name }), [t("district"), ...years.map(String)], body, { class: "states" });
    gongkai.makeGrid(table.querySelector("table"), "td[data-year]");
    enterFollows(table);
    return {
      title: name,
      content: [
        el("nav", { class: "crumbs", "aria-label": t("crumbs") }, gongkai.link(["coverage"], {}, {}, t("coverage.title"))),
        el("h1", {}, name),
        covered.length ? [legendOfStates(), table, el("p", { class: "tools" }, gongkai.downloadButton(`coverage-${code}.csv`, () => provinceRows(covered, years)))] : el("p", { class: "notice" }, t("coverage.none")),
        others.length ? [el("h2", {}, t("coverage.others")), el("ul", { class: "columns" }, others.map(([district, own, , level, reports]) => el("li", {}, gongkai.link(["district", district], {}, {}, own), " ", el("span", { class: "code" }, district), level ? ` ${t(`level.${level}`)}` : "", ` (${reports})`)))] : null,
      ],
    };
  }

  function stateCell(district, name, year, letter) {
    if (!STATES[letter]) return { class: "none", "data-year": String(year), "aria-label": `${name} ${year}: ${gongkai.t("coverage.no_units")}`, children: "" };
    const state = STATES[letter];
    const words = `${name} ${year}: ${gongkai.t(`coverage.${state}`)}`;
    return { class: `coverage-${state}`, "data-year": String(year), title: words, "aria-label": words, children: gongkai.link(["district", district], { year }, { tabindex: "-1", "aria-hidden": "true" }, SIGNS[letter]) };
  }

  function legendOfStates() {
    const el = gongkai.el;
    return el("p", { class: "legend" }, Object.entries(STATES).map(([letter, state]) => el("span", { class: `key coverage-${state}` }, `${SIGNS[letter]} ${gongkai.t(`coverage.${state}`)}`)));
  }

  function provinceRows(districts, years) {
    const rows = [["district_code", "district", "report_year", "coverage_state"]];
    for (const [code, , full, , , letters] of districts) years.forEach((year, n) => { if (STATES[letters[n]]) rows.push([code, full, year, STATES[letters[n]]]); });
    return rows;
  }
})();
