// A report's figures told in prose: a table that is loaded when it is opened, each figure with its sentence.
"use strict";

(() => {
  const NAMES = ["n", "indicator", "value", "unit", "qualifier", "channel", "part_of", "period", "change", "text", "sentence", "section"];

  // The folded table of a report; `key` is its shard, `place` the place that the address names (figures/3).
  gongkai.figuresBox = (terms, report, key, place) => {
    if (!report.figure_count) return null;
    const el = gongkai.el;
    const body = el("div", {});
    const wanted = /^figures\/\d+$/.test(place || "") ? Number(place.split("/")[1]) : null;
    const box = el("details", { class: "figures" }, el("summary", {}, gongkai.t("report.figures", { count: report.figure_count })), body);
    let loaded = false;
    box.addEventListener("toggle", async () => {
      if (!box.open || loaded) return;
      loaded = true;
      const shard = await gongkai.load(key);
      gongkai.fill(body, content(terms, report, shard[report.id], wanted));
      const row = body.querySelector("tr.wanted");
      if (row) {
        row.scrollIntoView({ block: "center" });
        row.focus({ preventScroll: true });
      }
    });
    if (wanted !== null) box.open = true;
    return box;
  };

  function content(terms, report, { s: sentences, f: rows }, wanted) {
    const el = gongkai.el;
    const t = gongkai.t;
    const figures = rows.map((row) => ({ ...Object.fromEntries(NAMES.map((name, n) => [name, row[n]])), sentence: sentences[row[10]] }));
    const lines = figures.map((one) => ({
      attributes: { "data-place": `figures/${one.n}`, class: one.n === wanted ? "wanted" : null, tabindex: one.n === wanted ? "-1" : null },
      cells: [el("q", { class: "written" }, one.text), indicator(terms, one.indicator), { class: "number", children: `${gongkai.number(one.value)} ${one.unit || ""}`.trim() }, scope(terms, one), one.sentence],
    }));
    return [
      el("p", {}, t("report.figures.note")),
      gongkai.table(t("report.figures.caption"), [t("figure.written"), t("figure.indicator"), t("figure.value"), t("figure.scope"), t("figure.sentence")], lines, { class: "words" }),
      el("p", { class: "tools" }, gongkai.downloadButton(`${gongkai.safeName(report.id)}-figures.csv`, () => [["report_id", ...NAMES], ...figures.map((one) => [report.id, ...NAMES.map((name) => one[name])])])),
    ];
  }

  function indicator(terms, id) {
    if (!id) return gongkai.t("figure.unnamed");
    const known = terms.indicators[id];
    return [known ? gongkai.pick(known) : "", " ", gongkai.el("code", {}, id)];
  }

  function scope(terms, one) {
    const t = gongkai.t;
    const whole = one.part_of && (terms.indicators[one.part_of] ? gongkai.pick(terms.indicators[one.part_of]) : one.part_of);
    const words = [one.qualifier === "exact" ? null : t(`qualifier.${one.qualifier}`), t(`period.${one.period}`), one.change && t(`change.${one.change}`), one.channel, whole && t("figure.part", { whole })];
    return words.filter(Boolean).join(" · ");
  }
})();
