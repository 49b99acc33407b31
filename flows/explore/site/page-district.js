// A district: its panel over the years, then one year's report with all tables, findings and evidence.
// The same for one report of a department or township, which stands alone.
"use strict";

(() => {
  const CHART_HEIGHT = 210;

  gongkai.pages.district = async (route) => {
    const code = route.path[1];
    const [terms, index, district] = await Promise.all([gongkai.load("terms"), gongkai.load("index"), gongkai.loadDistrict(code)]);
    const province = await gongkai.loadProvince(code);
    const el = gongkai.el;
    const t = gongkai.t;
    const years = [...new Set([...district.reports.map((one) => one.year), ...district.coverage.map(([year]) => year)])].sort((a, b) => b - a);
    const asked = route.query.year ? Number(route.query.year) || null : years.find((year) => district.reports.some((one) => one.year === year)) ?? years[0];
    return {
      title: district.full,
      content: [
        crumbs(index, code),
        el("h1", {}, district.full, " ", el("span", { class: "code" }, district.code)),
        relatives(district),
        el("p", { class: "jumps" }, jump("panel", t("panel.title")), jump("reports", t("district.reports"))),
        panel(terms, district, province, route),
        el("section", { id: "reports" },
          el("h2", { tabindex: "-1" }, t("district.reports")),
          yearTabs(district, years, asked, code),
          yearContent(terms, district, asked, route)),
        bodies(district, code),
        strays(terms, district),
      ],
      after: () => goTo(route.query),
    };
  };

  gongkai.pages.report = async (route) => {
    const [, code, id] = route.path;
    const [terms, index, district] = await Promise.all([gongkai.load("terms"), gongkai.load("index"), gongkai.loadDistrict(code)]);
    const isBody = district.bodies.some(([one]) => one === id);
    const { reports } = isBody ? await gongkai.load(`bodies/${code}`) : district;
    const report = reports.find((one) => one.id === id);
    if (!report) throw new Error(id);
    const el = gongkai.el;
    return {
      title: `${report.publisher || id} ${report.year || ""}`,
      content: [
        crumbs(index, code, district.full),
        el("h1", {}, report.publisher || id, " ", String(report.year || "")),
        reportContent(terms, report, route, `${isBody ? "bodies-prose" : "prose"}/${code}`),
      ],
      after: () => goTo(route.query),
    };
  };

  function crumbs(index, code, name) {
    const province = index.provinces.find(([one]) => one === code.slice(0, 2));
    return gongkai.el("nav", { class: "crumbs", "aria-label": gongkai.t("crumbs") },
      gongkai.link(["coverage"], {}, {}, gongkai.t("coverage.title")),
      province ? [" › ", gongkai.link(["coverage", province[0]], {}, {}, province[1])] : null,
      name ? [" › ", gongkai.link(["district", code], {}, {}, name)] : null);
  }

  function relatives(district) {
    const t = gongkai.t;
    const line = (words, list) => (list && list.length ? gongkai.el("p", { class: "notice" }, words, " ", list.map(([code, name], n) => [n ? "、" : "", gongkai.link(["district", code], {}, {}, `${name} ${code}`)])) : null);
    return [line(t("district.before"), district.before), line(t("district.after"), district.after)];
  }

  // A way down the page that leaves the address as it is.
  function jump(id, words) {
    return gongkai.el("button", { type: "button", on: { click: () => { const target = document.getElementById(id); target.scrollIntoView(); target.querySelector("h2").focus(); } } }, words);
  }

  // --- panel -------------------------------------------------------------------------------------------------------

  function panel(terms, district, province, route) {
    const el = gongkai.el;
    const t = gongkai.t;
    const { years, values } = district.panel;
    if (!years.length) return el("section", { id: "panel" }, el("h2", { tabindex: "-1" }, t("panel.title")), el("p", { class: "notice" }, t("panel.none")));
    const top = terms.metrics.filter((metric) => !metric.id.includes("."));
    const shown = top.filter((metric) => values[metric.short].some((value) => value !== null));
    return el("section", { id: "panel" },
      el("h2", { tabindex: "-1" }, t("panel.title")),
      el("p", {}, gongkai.link(["compare"], { d: district.code }, {}, t("panel.compare")), " · ", t("panel.median")),
      el("div", { class: "charts" }, shown.map((metric) => gongkai.lineChart(metric, seriesOf(metric, district, province), CHART_HEIGHT))),
      metricTable(terms, district),
      el("p", { class: "tools" }, gongkai.downloadButton(`panel-${district.code}.csv`, () => panelRows(terms, district, province))));
  }

  function seriesOf(metric, district, province) {
    const own = { name: district.name, years: district.panel.years, values: district.panel.values[metric.short], notes: district.panel.notes[metric.short] };
    const medians = province && metric.kind !== "total" ? province.medians[metric.short] : {};
    const values = own.years.map((year) => (medians[year] ? medians[year][0] : null));
    if (values.every((value) => value === null)) return [own];
    const counts = own.years.map((year) => (medians[year] ? gongkai.t("panel.median.count", { count: medians[year][1] }) : ""));
    return [own, { name: gongkai.t("panel.median.name"), years: own.years, values, words: counts, notes: own.notes.map((note) => (note === "break_in_series" ? note : null)), reference: true }];
  }

  function metricTable(terms, district) {
    const t = gongkai.t;
    const { years, eras, values, notes } = district.panel;
    const rows = terms.metrics.map((metric) => [
      { title: `${gongkai.pick(metric.formula)} — ${gongkai.pick(metric.caveat)}`, children: gongkai.pick(metric.label) },
      ...years.map((year, n) => gongkai.metricCell(terms, metric, district.code, year, eras[n], values[metric.short][n], notes[metric.short][n])),
    ]);
    const table = gongkai.table(t("panel.caption"), [t("metric"), ...years.map(String)], rows, { class: "metrics" });
    gongkai.makeGrid(table.querySelector("table"), "td[data-year]");
    followLinks(table);
    return gongkai.el("details", { class: "all", open: true }, gongkai.el("summary", {}, t("panel.table")), table);
  }

  // A metric's value that leads to the cells it was made of; a null leads to its reason.
  gongkai.metricCell = (terms, metric, code, year, era, value, note) => {
    const reason = note ? gongkai.pick(terms.reasons[note] || [note, note]) : "";
    const text = gongkai.metricValue(metric, value);
    const words = `${gongkai.pick(metric.label)} ${year}: ${text}${reason ? `; ${reason}` : ""}`;
    const formula = metric.eras[era];
    const places = formula ? [...formula.above, ...formula.below].map((term) => term.replace(/^-/, "")) : [];
    const sign = note === "break_in_series" ? "†" : note === "out_of_range" ? "‡" : "";
    const content = places.length ? gongkai.link(["district", code], { year, place: places.join(",") }, { tabindex: "-1" }, text, sign) : [text, sign];
    return { class: `${value === null ? "null" : ""} ${note || ""}`.trim(), "data-year": String(year), title: words, "aria-label": words, children: content };
  };

  function panelRows(terms, district, province) {
    const rows = [["district_code", "district", "report_year", "era", "metric", "value", "note", "report_id", "province_median", "province_counties"]];
    const { years, eras, values, notes, reports } = district.panel;
    for (const metric of terms.metrics) {
      const medians = province ? province.medians[metric.short] : {};
      years.forEach((year, n) => rows.push([district.code, district.full, year, eras[n], metric.short, values[metric.short][n], notes[metric.short][n], reports[n], ...(medians[year] || [null, null])]));
    }
    return rows;
  }

  function followLinks(table) {
    table.addEventListener("keydown", (event) => {
      const link = event.key === "Enter" && event.target.matches("td") && event.target.querySelector("a");
      if (link) link.click();
    });
  }
  gongkai.followLinks = followLinks;

  // --- one year ----------------------------------------------------------------------------------------------------

  function yearTabs(district, years, asked, code) {
    const el = gongkai.el;
    const states = new Map(district.coverage.map((row) => [row[0], row[1]]));
    return el("ul", { class: "years" }, years.map((year) => {
      const state = states.get(year);
      const sign = state ? gongkai.coverageSign(state) : "●";
      const words = state ? gongkai.t(`coverage.${state}`) : "";
      return el("li", {}, gongkai.link(["district", code], { year: year ?? "unknown" }, { "aria-current": year === asked ? "true" : null, title: words, class: state ? `coverage-${state}` : "" }, year === null ? gongkai.t("year.unknown") : String(year), " ", el("span", { "aria-hidden": "true" }, sign), el("span", { class: "hidden" }, words)));
    }));
  }

  function yearContent(terms, district, year, route) {
    const el = gongkai.el;
    const t = gongkai.t;
    const reports = district.reports.filter((one) => one.year === year);
    const row = district.coverage.find((one) => one[0] === year);
    const state = row ? el("p", { class: `notice coverage-${row[1]}` }, el("strong", {}, t(`coverage.${row[1]}`)), row[2] ? [" — ", reasonWords(terms, row[2])] : null, row[3] ? [" · ", t("coverage.checked", { date: row[3] })] : null) : null;
    const chosen = district.panel.reports[district.panel.years.indexOf(year)];
    const sorted = [...reports].sort((a, b) => (a.id === chosen ? -1 : b.id === chosen ? 1 : 0));
    return [state, sorted.map((report) => reportContent(terms, report, route, `prose/${district.code}`)), reports.length || row ? null : el("p", { class: "notice" }, t("district.no_report"))];
  }

  function reasonWords(terms, reason) {
    const known = terms.findings[reason];
    return known ? gongkai.pick(known.title) : reason;
  }

  function reportContent(terms, report, route, proseKey) {
    const el = gongkai.el;
    const t = gongkai.t;
    const context = { terms, report, path: route.path, query: { year: route.query.year || report.year }, place: route.query.place };
    const tables = gongkai.reportTables(context);
    return el("article", { class: "report", "data-report": report.id },
      el("h3", {}, report.title || report.id),
      provenance(terms, report),
      findingsList(terms, report, context),
      revisions(report),
      el("p", { class: "legend" }, t("table.legend")),
      tables.length ? tables : el("p", { class: "notice" }, t("report.no_tables")),
      gongkai.figuresBox(terms, report, proseKey, route.query.place));
  }

  function provenance(terms, report) {
    const el = gongkai.el;
    const t = gongkai.t;
    const era = terms.eras[report.era];
    const rows = [
      [t("report.publisher"), `${report.publisher || "—"}${report.level ? ` (${t(`level.${report.level}`)})` : ""}`],
      [t("report.form"), report.era ? `${report.era}${era && era.authority ? ` · ${era.authority}` : ""}` : "—"],
      [t("report.published"), report.published_date || "—"],
      [t("report.source"), gongkai.outside(report.url)],
      [t("report.list"), gongkai.outside(report.list_url)],
      [t("report.captured"), report.captured_at || "—"],
      ["SHA-256", el("code", { class: "hash" }, report.sha256 || "—")],
      [t("report.medium"), report.medium || "—"],
      [t("report.revision"), String(report.revision)],
      [t("report.id"), el("code", {}, report.id)],
    ];
    return el("dl", { class: "provenance" }, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  }

  function findingsList(terms, report, context) {
    const el = gongkai.el;
    const t = gongkai.t;
    if (!report.findings.length) return el("p", { class: "notice" }, t("report.no_findings"));
    const items = report.findings.map((one) => el("li", { class: one[1] }, gongkai.findingWords(terms, one), " ", one[2] && one[2].includes("/") ? el("a", { href: gongkai.address(context.path, { ...context.query, place: one[2] }) }, t("finding.show")) : null, terms.findings[one[0]] ? el("div", { class: "action" }, gongkai.pick(terms.findings[one[0]].action)) : null));
    return el("details", { class: "findings-box", open: report.findings.length <= 6 }, el("summary", {}, t("report.findings", { count: report.findings.length })), el("ul", { class: "findings" }, items), el("p", { class: "tools" }, gongkai.downloadButton(`${gongkai.safeName(report.id)}-findings.csv`, () => [["report_id", "code", "severity", "place", "expected", "found", "message"], ...report.findings.map((one) => [report.id, ...one])])));
  }

  function revisions(report) {
    const t = gongkai.t;
    if (!report.revisions.length) return null;
    const side = (value, state, text) => (state === null ? "—" : value !== null ? gongkai.number(value) : text || t(`state.${state}`));
    const rows = report.revisions.map(([revision, table, item, column, before, after, stateBefore, stateAfter, textBefore, textAfter]) => [`${table}/${item}/${column}`, String(revision), side(before, stateBefore, textBefore), side(after, stateAfter, textAfter)]);
    return gongkai.el("details", {}, gongkai.el("summary", {}, t("report.revisions", { count: report.revisions.length })), gongkai.table(t("report.revisions.caption"), [t("finding.place"), t("report.revision"), t("before"), t("after")], rows, { class: "words", file: `${gongkai.safeName(report.id)}-revisions.csv` }));
  }

  // --- departments, townships, pages without a report --------------------------------------------------------------

  function bodies(district, code) {
    const el = gongkai.el;
    const t = gongkai.t;
    if (!district.bodies.length) return null;
    const rows = district.bodies.map(([id, year, publisher, level, values, findings]) => [gongkai.link(["report", code, id], {}, {}, publisher || id), String(year || "—"), level ? t(`level.${level}`) : "—", gongkai.number(values), String(findings)]);
    return el("section", {}, el("details", {}, el("summary", {}, t("district.bodies", { count: district.bodies.length })), el("p", {}, t("district.bodies.note")), gongkai.table(t("district.bodies.caption"), [t("report.publisher"), t("year"), t("level"), t("district.values"), t("findings.title")], rows, { class: "words", file: `bodies-${code}.csv` })));
  }

  function strays(terms, district) {
    const el = gongkai.el;
    if (!district.strays.length) return null;
    const items = district.strays.map(([id, year, ...one]) => el("li", { class: one[1] }, `${id}${year ? ` (${year})` : ""}: `, gongkai.findingWords(terms, one)));
    return el("section", {}, el("details", {}, el("summary", {}, gongkai.t("district.strays", { count: items.length })), el("ul", { class: "findings" }, items)));
  }

  // After the page is there: go to the place that the address names.
  function goTo(query) {
    const wanted = document.querySelector("td.wanted");
    if (wanted) {
      wanted.scrollIntoView({ block: "center", inline: "center" });
      wanted.focus({ preventScroll: true });
    } else if (query.year || query.place) {
      document.getElementById("reports")?.scrollIntoView();
    }
  }
})();
