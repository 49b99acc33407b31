// The data dictionary: published tables, rows and columns of the forms, metrics, notes and finding codes.
"use strict";

(() => {
  gongkai.pages.dictionary = async () => {
    const [terms, fields] = await Promise.all([gongkai.load("terms"), gongkai.load("fields")]);
    const el = gongkai.el;
    const t = gongkai.t;
    return {
      title: t("dictionary.title"),
      content: [
        el("h1", {}, t("dictionary.title")),
        el("p", { class: "lead" }, t("dictionary.lead")),
        el("h2", {}, t("dictionary.tables")),
        Object.entries(fields).map(([id, table]) => tableOf(id, table)),
        el("h2", {}, t("dictionary.forms")),
        Object.entries(terms.eras).flatMap(([era, form]) => Object.entries(form.tables).map(([id, table]) => formOf(era, form, id, table))),
        el("h2", {}, t("dictionary.metrics")),
        metrics(terms),
        el("h2", {}, t("dictionary.indicators")),
        gongkai.table(t("dictionary.indicators"), [t("figure.indicator"), t("meaning")], Object.entries(terms.indicators).map(([id, words]) => [el("code", {}, id), gongkai.pick(words)]), { class: "words", file: "indicators.csv" }),
        el("h2", {}, t("dictionary.reasons")),
        gongkai.table(t("dictionary.reasons"), [t("finding.code"), t("meaning")], Object.entries(terms.reasons).map(([code, words]) => [el("code", {}, code), gongkai.pick(words)]), { class: "words", file: "notes.csv" }),
        el("h2", {}, t("dictionary.findings")),
        gongkai.table(t("dictionary.findings"), [t("finding.code"), t("severity"), t("meaning"), t("finding.action")], Object.entries(terms.findings).map(([code, one]) => [el("code", {}, code), t(`severity.${one.severity}`), gongkai.pick(one.title), gongkai.pick(one.action)]), { class: "words", file: "finding-codes.csv" }),
        el("p", { class: "tools" }, gongkai.downloadButton("dictionary.csv", () => csvRows(fields))),
      ],
    };
  };

  function tableOf(id, table) {
    const el = gongkai.el;
    const t = gongkai.t;
    const rows = table.fields.map(([name, type, role, unit, en, zh, allowed, source]) => [el("code", {}, name), type, role, unit, gongkai.pick([en, zh]), allowed, source]);
    return el("details", {}, el("summary", {}, el("code", {}, id), " ", gongkai.pick(table.title)),
      el("p", {}, `${t("dictionary.row")} ${gongkai.pick(table.row)} · ${t("dictionary.key")} ${table.key.join(", ")}`),
      el("ul", {}, table.warnings.map((one) => el("li", {}, gongkai.pick(one)))),
      gongkai.table(id, [t("dictionary.field"), t("dictionary.type"), t("dictionary.role"), t("dictionary.unit"), t("meaning"), t("dictionary.allowed"), t("dictionary.source")], rows));
  }

  function formOf(era, form, id, table) {
    const el = gongkai.el;
    const t = gongkai.t;
    const years = `${form.years[0]}–${form.years[1] || ""}`;
    const rows = table.items.map((item) => [el("code", {}, item.id), [...item.groups, item.label].join(" / "), item.columns.join(", "), item.unit || ""]);
    return el("details", {}, el("summary", {}, el("code", {}, id), ` ${table.title} · ${years} · ${form.authority || ""}`),
      gongkai.table(`${id} ${era}`, [t("dictionary.item"), t("dictionary.label"), t("dictionary.columns"), t("dictionary.unit")], rows, { class: "words", file: `${id}-${era}-items.csv` }),
      gongkai.table(t("dictionary.columns"), [t("dictionary.column"), t("dictionary.label"), t("dictionary.unit")], table.columns.map((one) => [el("code", {}, one.id), [...one.groups, one.label].join(" / "), one.unit || ""]), { class: "words", file: `${id}-${era}-columns.csv` }));
  }

  function metrics(terms) {
    const el = gongkai.el;
    const t = gongkai.t;
    const rows = terms.metrics.map((one) => [el("code", {}, one.short), gongkai.pick(one.label), gongkai.pick(one.formula), gongkai.pick(one.caveat), gongkai.pick(one.across), Object.entries(one.eras).map(([era, formula]) => `${era}${formula.break ? " †" : ""}`).join(", ")]);
    return [gongkai.table(t("dictionary.metrics"), [t("dictionary.field"), t("dictionary.label"), t("formula"), t("dictionary.caveat"), t("dictionary.across"), t("dictionary.eras")], rows, { class: "words", file: "metrics.csv" }), el("p", {}, `† ${gongkai.pick(terms.reasons.break_in_series)}`)];
  }

  function csvRows(fields) {
    const rows = [["table", "field", "type", "role", "unit", "description", "description_zh", "allowed", "source"]];
    for (const [id, table] of Object.entries(fields)) for (const field of table.fields) rows.push([id, ...field]);
    return rows;
  }
})();
