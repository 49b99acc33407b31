// Compare: up to six governments on one metric over the years, as a chart and as numbers that lead to their cells.
"use strict";

(() => {
  const MOST = 6;
  const HEIGHT = 380;

  gongkai.pages.compare = async (route) => {
    const [terms] = await Promise.all([gongkai.load("terms"), gongkai.load("index")]);
    const el = gongkai.el;
    const t = gongkai.t;
    const codes = [...new Set((route.query.d || "").split(",").filter(Boolean))].slice(0, MOST);
    const metric = terms.metrics.find((one) => one.id === route.query.m || one.short === route.query.m) || terms.metrics.find((one) => one.id === "disclosure_rate") || terms.metrics[0];
    const results = await Promise.all(codes.map((code) => gongkai.loadDistrict(code).catch(() => code)));
    const districts = results.filter((one) => typeof one !== "string");
    const unknown = results.filter((one) => typeof one === "string");
    const go = (change) => { location.hash = gongkai.address(["compare"], { d: codes.join(","), m: metric.id, ...change }); };
    return {
      title: t("compare.title"),
      content: [
        el("h1", {}, t("compare.title")),
        el("p", { class: "lead" }, t("compare.lead", { most: MOST })),
        el("div", { class: "controls" },
          chooser(terms, metric, go),
          codes.length < MOST ? gongkai.searchField(t("compare.add"), (code) => go({ d: [...codes, code].join(",") })) : el("p", {}, t("compare.full", { most: MOST }))),
        chips(codes, districts, go),
        unknown.length ? el("p", { class: "notice" }, t("compare.unknown", { codes: unknown.join(", ") })) : null,
        districts.length ? comparison(terms, metric, districts) : el("p", { class: "notice" }, t("compare.empty")),
      ],
    };
  };

  function chooser(terms, metric, go) {
    const el = gongkai.el;
    const options = terms.metrics.map((one) => el("option", { value: one.id, selected: one === metric }, gongkai.pick(one.label)));
    return el("div", { class: "field" }, el("label", { for: "metric" }, gongkai.t("metric")), el("select", { id: "metric", on: { change: (event) => go({ m: event.target.value }) } }, options));
  }

  function chips(codes, districts, go) {
    const el = gongkai.el;
    return el("ul", { class: "chips" }, codes.map((code) => {
      const district = districts.find((one) => one.code === code);
      const name = district ? district.full : code;
      return el("li", {}, district ? gongkai.link(["district", code], {}, {}, name) : name, el("button", { type: "button", "aria-label": gongkai.t("compare.remove", { name }), on: { click: () => go({ d: codes.filter((one) => one !== code).join(",") }) } }, "×"));
    }));
  }

  function comparison(terms, metric, districts) {
    const el = gongkai.el;
    const t = gongkai.t;
    const years = [...new Set(districts.flatMap((one) => one.panel.years))].sort();
    if (!years.length) return el("p", { class: "notice" }, t("panel.none"));
    const series = districts.map((one) => ({ name: one.name, years: one.panel.years, values: one.panel.values[metric.short] || [], notes: one.panel.notes[metric.short] || [] }));
    const rows = districts.map((one) => [gongkai.link(["district", one.code], {}, { title: one.full }, one.name), ...years.map((year) => cell(terms, metric, one, year))]);
    const table = gongkai.table(t("compare.caption", { metric: gongkai.pick(metric.label) }), [t("district"), ...years.map(String)], rows, { class: "metrics" });
    gongkai.makeGrid(table.querySelector("table"), "td[data-year]");
    gongkai.followLinks(table);
    const notes = [...new Set(series.flatMap((one) => one.notes).filter(Boolean))];
    return [
      gongkai.lineChart(metric, series, HEIGHT),
      el("p", {}, el("strong", {}, t("formula")), " ", gongkai.pick(metric.formula), " · ", gongkai.pick(metric.caveat)),
      el("p", {}, el("strong", {}, t("metric.across")), " ", gongkai.pick(metric.across)),
      table,
      notes.length ? el("ul", { class: "notes" }, notes.map((note) => el("li", {}, note === "break_in_series" ? "† " : note === "out_of_range" ? "‡ " : "", gongkai.pick(terms.reasons[note])))) : null,
      el("p", { class: "tools" }, gongkai.downloadButton(`compare-${metric.short}.csv`, () => csvRows(metric, districts))),
    ];
  }

  function cell(terms, metric, district, year) {
    const n = district.panel.years.indexOf(year);
    if (n < 0) return { class: "null no_report", "data-year": String(year), title: gongkai.pick(terms.reasons.no_report), "aria-label": `${district.name} ${year}: ${gongkai.pick(terms.reasons.no_report)}`, children: "—" };
    return gongkai.metricCell(terms, metric, district.code, year, district.panel.eras[n], district.panel.values[metric.short][n], district.panel.notes[metric.short][n]);
  }

  function csvRows(metric, districts) {
    const rows = [["district_code", "district", "report_year", "era", "metric", "value", "note", "report_id"]];
    for (const { code, full, panel } of districts) panel.years.forEach((year, n) => rows.push([code, full, year, panel.eras[n], metric.short, panel.values[metric.short][n], panel.notes[metric.short][n], panel.reports[n]]));
    return rows;
  }
})();
