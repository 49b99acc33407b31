// A report's cells in, its statutory tables as the form lays them out, with states, findings and evidence in place.
// The layout follows from the form: one column is a list, rows with columns of their own are blocks, a table without a
// stub has its rows as headings over one row of data, anything else is rows by columns.
"use strict";

(() => {
  const MARKS = { blank: "", not_applicable: "/", missing: "∅", unread: "?" };
  const SIGNS = { error: "✕", warning: "▲", info: "ℹ" };
  const RANK = { error: 0, warning: 1, info: 2 };

  gongkai.severitySign = (severity) => SIGNS[severity];

  // All tables of a report; `context` is {terms, report, district, path, place} and tells the address of a cell.
  gongkai.reportTables = (context) => {
    const { terms, report } = context;
    const shown = Object.keys(terms.tables).filter((id) => report.tables[id] && report.tables[id].c.some((one) => one !== null));
    return shown.map((id) => section(context, id));
  };

  function section(context, id) {
    const { terms, report } = context;
    const el = gongkai.el;
    const merged = terms.tables[id];
    const cells = gongkai.decodeTable(merged, report.tables[id]);
    const form = layoutOf(terms, report.era, id, cells);
    const table = el("table", { class: `form form-${shapeOf(form)}`, "data-table": id });
    table.append(el("caption", {}, form.title, gongkai.language() === "en" ? el("span", { class: "gloss" }, gongkai.pick(merged.name)) : null, form.unit ? el("span", { class: "unit" }, gongkai.t("table.unit", { unit: form.unit })) : null));
    const view = { ...context, id, form, cells, found: findingsOf(report, id) };
    const rows = LAYOUTS[shapeOf(form)](view);
    table.append(el("tbody", {}, rows.map((row) => el("tr", {}, row))));
    gongkai.makeGrid(table, "td[data-place]");
    watch(table, view);
    return el("section", { class: "statutory", id: `table-${id}` },
      el("div", { class: "scroll", tabindex: "-1" }, table),
      el("p", { class: "tools" }, counts(cells), " ", gongkai.downloadButton(`${safeName(report.id)}-${id}.csv`, () => csvRows(view))));
  }

  // The items and columns that the report has, named by its own era's form where that form has them.
  function layoutOf(terms, era, id, cells) {
    const merged = terms.tables[id];
    const own = (terms.eras[era] && terms.eras[era].tables[id]) || merged;
    const present = new Set([...cells.values()].map((cell) => cell.item));
    const used = new Set([...cells.values()].map((cell) => cell.column));
    const named = (list, one) => list.find((other) => other.id === one.id) || one;
    return {
      title: own.title,
      unit: own.unit,
      stub: own.stub,
      items: merged.items.filter((one) => present.has(one.id)).map((one) => {
        const item = named(own.items, one);
        const columns = [...new Set([...item.columns, ...one.columns])].filter((column) => cells.has(`${one.id}/${column}`));
        return { ...item, columns };
      }),
      columns: merged.columns.filter((one) => used.has(one.id)).map((one) => named(own.columns, one)),
    };
  }

  function shapeOf(form) {
    if (form.columns.length === 1) return "list";
    const kinds = new Set(form.items.map((item) => item.columns.join()));
    if (kinds.size > 1) return "blocks";
    return form.stub.length ? "matrix" : "across";
  }

  const LAYOUTS = { list: listRows, blocks: blockRows, matrix: matrixRows, across: acrossRows };

  function listRows(view) {
    const { form } = view;
    const rows = [[header("col", form.stub[0] || ""), header("col", gongkai.t("table.unit.column")), header("col", form.columns[0].label)]];
    let above = [];
    for (const item of form.items) {
      item.groups.forEach((group, n) => {
        if (above[n] !== group || above.length < n) rows.push([header("row", group, { colspan: 3, class: `group level-${n}` })]);
      });
      above = item.groups;
      rows.push([label(view, item, "row", { class: `level-${item.groups.length}` }), gongkai.el("td", { class: "unit" }, item.unit || ""), dataCell(view, item, form.columns[0])]);
    }
    return rows;
  }

  function blockRows(view) {
    const { form } = view;
    const rows = [];
    let last = null;
    const width = Math.max(...form.items.map((item) => item.columns.length)) + 1;
    for (const item of form.items) {
      const kind = `${item.groups[0]}|${item.columns.join()}`;
      if (kind !== last) {
        const columns = item.columns.map((id) => form.columns.find((column) => column.id === id));
        if (!last || last.split("|")[0] !== String(item.groups[0])) rows.push([header("colgroup", item.groups[0] || "", { colspan: width, class: "group" })]);
        rows.push([header("col", form.stub[0] || ""), ...columns.map((column) => header("col", column.label)), ...padding(width - 1 - columns.length)]);
        last = kind;
      }
      const columns = item.columns.map((id) => form.columns.find((column) => column.id === id));
      rows.push([label(view, item, "row"), ...columns.map((column) => dataCell(view, item, column)), ...padding(width - 1 - columns.length)]);
    }
    return rows;
  }

  function padding(count) {
    return count > 0 ? [gongkai.el("td", { class: "none", colspan: count })] : [];
  }

  function matrixRows(view) {
    const { form } = view;
    const depth = Math.max(...form.items.map((item) => item.groups.length)) + 1;
    const rows = headRows(form, depth);
    const spans = groupSpans(form.items.map((item) => item.groups));
    form.items.forEach((item, n) => {
      const heads = spans[n].map(({ text, span }) => header("rowgroup", text, { rowspan: span, class: "group" }));
      rows.push([...heads, label(view, item, "row", { colspan: depth - item.groups.length }), ...form.columns.map((column) => dataCell(view, item, column))]);
    });
    return rows;
  }

  function headRows(form, depth) {
    const levels = Math.max(...form.columns.map((column) => column.groups.length)) + 1;
    const rows = [];
    const over = form.stub[1];
    const first = header("col", form.stub[0] || "", { colspan: depth, rowspan: levels + (over ? 1 : 0), class: "stub" });
    if (over) rows.push([first, header("colgroup", over, { colspan: form.columns.length })]);
    for (let level = 0; level < levels; level += 1) rows.push(columnHeads(form.columns, level, levels));
    if (!over) rows[0].unshift(first);
    return rows;
  }

  function columnHeads(columns, level, levels) {
    const heads = [];
    columns.forEach((column, n) => {
      const path = [...column.groups, column.label];
      const before = n ? [...columns[n - 1].groups, columns[n - 1].label] : [];
      if (level >= path.length) return;
      const isLast = level === path.length - 1;
      if (!isLast && n && before.slice(0, level + 1).join("|") === path.slice(0, level + 1).join("|")) return;
      let span = 1;
      while (!isLast && columns[n + span] && columns[n + span].groups.slice(0, level + 1).join("|") === path.slice(0, level + 1).join("|")) span += 1;
      heads.push(header(isLast ? "col" : "colgroup", path[level], { colspan: span, rowspan: isLast ? levels - level : 1 }));
    });
    return heads;
  }

  // For each row the headings that begin there, with the number of rows they stand over.
  function groupSpans(paths) {
    const same = (a, b, level) => a && b && a.length > level && a.slice(0, level + 1).join("|") === b.slice(0, level + 1).join("|");
    return paths.map((path, n) => path
      .map((text, level) => {
        if (same(paths[n - 1], path, level)) return null;
        let span = 1;
        while (same(paths[n + span], path, level)) span += 1;
        return { text, span };
      })
      .filter(Boolean));
  }

  // Items as headings over their columns, one row of data: each (item, column) is a column of its own.
  function acrossRows(view) {
    const { form } = view;
    const flat = form.items.flatMap((item) => item.columns.map((id) => {
      const column = form.columns.find((one) => one.id === id);
      return { item, column, groups: [...item.groups, item.label], label: column.label };
    }));
    const levels = Math.max(...flat.map((one) => one.groups.length)) + 1;
    const rows = [];
    for (let level = 0; level < levels - 1; level += 1) rows.push(groupHeads(view, flat, level, levels - 1));
    rows.push(flat.map((one) => header("col", one.label)));
    rows.push(flat.map((one) => dataCell(view, one.item, one.column)));
    return rows;
  }

  function groupHeads(view, flat, level, depth) {
    const heads = [];
    flat.forEach((one, n) => {
      if (level >= one.groups.length) return;
      const path = one.groups.slice(0, level + 1).join("|");
      if (n && flat[n - 1].groups.slice(0, level + 1).join("|") === path) return;
      let span = 1;
      while (flat[n + span] && flat[n + span].groups.slice(0, level + 1).join("|") === path) span += 1;
      const isLast = level === one.groups.length - 1;
      heads.push(header("colgroup", [isLast ? signOf(findingsOfRow(view, one.item.id)) : null, one.groups[level]], { colspan: span, rowspan: isLast ? depth - level : 1 }));
    });
    return heads;
  }

  function header(scope, text, attributes) {
    return gongkai.el("th", { scope, ...attributes }, text);
  }

  function label(view, item, scope, attributes) {
    return header(scope, [signOf(findingsOfRow(view, item.id)), item.label, gongkai.language() === "en" ? gongkai.el("span", { class: "gloss", lang: "en" }, gloss(item.id)) : null], attributes);
  }

  // `denied.state_secret` -> "denied: state secret".
  function gloss(id) {
    return id.replaceAll(".", ": ").replaceAll("_", " ");
  }

  // --- cells -------------------------------------------------------------------------------------------------------

  function findingsOf(report, table) {
    const found = new Map();
    for (const one of report.findings) {
      const [, , place] = one;
      if (!place || place.split("/")[0] !== table) continue;
      if (!found.has(place)) found.set(place, []);
      found.get(place).push(one);
    }
    return found;
  }

  const byRank = (list) => [...list].sort((a, b) => RANK[a[1]] - RANK[b[1]]);

  // Findings at the cell itself, marked there; those of its row (table/item) are marked at the row's label.
  function findingsHere(view, item, column) {
    return byRank(view.found.get(`${view.id}/${item}/${column}`) || []);
  }

  function findingsOfRow(view, item) {
    return byRank(view.found.get(`${view.id}/${item}`) || []);
  }

  function findingsAt(view, item, column) {
    return [...findingsHere(view, item, column), ...findingsOfRow(view, item)];
  }

  function signOf(findings) {
    if (!findings.length) return null;
    const [, severity] = findings[0];
    return [gongkai.el("span", { class: `sign ${severity}`, "aria-hidden": "true" }, SIGNS[severity]), gongkai.el("span", { class: "hidden" }, gongkai.t("cell.findings", { count: findings.length }))];
  }

  function dataCell(view, item, column) {
    const el = gongkai.el;
    const cell = view.cells.get(`${item.id}/${column.id}`);
    const place = `${view.id}/${item.id}/${column.id}`;
    if (!cell) return el("td", { class: "none" });
    const findings = findingsHere(view, item.id, column.id);
    const worst = findings.length ? findings[0][1] : null;
    const wanted = (view.place || "").split(",");
    const classes = ["cell", `state-${cell.state}`, worst ? `has-${worst}` : "", cell.override ? "corrected" : "", wanted.includes(place) || wanted.includes(`${view.id}/${item.id}`) ? "wanted" : ""];
    return el("td", { class: classes.filter(Boolean).join(" "), "data-place": place, "aria-label": spoken(cell, item, column, findingsAt(view, item.id, column.id)) },
      el("span", { class: "number" }, shown(cell)),
      cell.value !== null && cell.unit && cell.unit !== (item.unit || column.unit || view.form.unit) ? el("span", { class: "unit" }, cell.unit) : null,
      worst ? el("span", { class: `sign ${worst}`, "aria-hidden": "true" }, SIGNS[worst]) : null);
  }

  function shown(cell) {
    if (cell.value !== null) return gongkai.number(cell.value);
    if (cell.state === "text" || cell.state === "value") return cell.text;
    if (cell.state === "not_applicable") return cell.text || MARKS.not_applicable;
    return MARKS[cell.state];
  }

  function spoken(cell, item, column, findings) {
    const parts = [shown(cell) || gongkai.t(`state.${cell.state}`), cell.state === "value" ? cell.unit : gongkai.t(`state.${cell.state}`), item.label, column.label];
    if (findings.length) parts.push(gongkai.t("cell.findings", { count: findings.length }));
    return parts.filter(Boolean).join(", ");
  }

  function watch(table, view) {
    const show = (event) => {
      const target = event.target.closest("td[data-place]");
      if (target) gongkai.showEvidence(evidence(view, target.dataset.place), target);
    };
    table.addEventListener("focusin", show);
    table.addEventListener("mouseover", show);
    table.addEventListener("click", (event) => {
      const target = event.target.closest("td[data-place]");
      if (target) target.focus();
    });
  }

  // --- evidence ----------------------------------------------------------------------------------------------------

  function evidence(view, place) {
    const el = gongkai.el;
    const t = gongkai.t;
    const [, itemId, columnId] = place.split("/");
    const item = view.form.items.find((one) => one.id === itemId);
    const column = view.form.columns.find((one) => one.id === columnId);
    const cell = view.cells.get(`${itemId}/${columnId}`);
    const findings = findingsAt(view, itemId, columnId);
    const rows = [
      [t("evidence.state"), t(`state.${cell.state}`)],
      [t("evidence.value"), cell.value === null ? "—" : `${gongkai.number(cell.value)} ${cell.unit || ""}`.trim()],
      [t("evidence.text"), cell.text ? el("q", { class: "written" }, cell.text) : t("evidence.nothing")],
    ];
    if (cell.written !== null && (cell.written !== cell.value || cell.unitWritten !== cell.unit)) rows.push([t("evidence.written"), `${gongkai.number(cell.written)} ${cell.unitWritten || ""}`.trim()]);
    if (cell.override) rows.push([t("evidence.override"), cell.override]);
    if (cell.place) rows.push([t("evidence.place"), placeWords(cell.place)]);
    rows.push([t("evidence.page"), gongkai.outside(view.report.url)]);
    rows.push([t("evidence.captured"), `${view.report.captured_at || "—"} · SHA-256 ${(view.report.sha256 || "—").slice(0, 12)}…`]);
    rows.push([t("evidence.address"), el("a", { href: gongkai.address(view.path, { ...view.query, place }) }, place)]);
    return [
      el("h2", {}, [...item.groups, item.label].join(" / ")),
      el("p", { class: "column" }, [...column.groups, column.label].join(" / ")),
      el("dl", {}, rows.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      findings.length ? el("ul", { class: "findings" }, findings.map((one) => el("li", { class: one[1] }, gongkai.findingWords(view.terms, one)))) : null,
    ];
  }

  function placeWords(place) {
    const words = [["block", place.block], ["row", place.row], ["column", place.column], ["start", place.start], ["page", place.page]];
    return words.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => gongkai.t(`place.${name}`, { n: value })).join(" · ");
  }

  // [code, severity, place, expected, found, message] as sign, title and message of the chosen language.
  gongkai.findingWords = (terms, [code, severity, place, expected, found, message]) => {
    const el = gongkai.el;
    const known = terms.findings[code];
    return [
      el("span", { class: `sign ${severity}`, "aria-hidden": "true" }, SIGNS[severity]),
      el("strong", {}, gongkai.t(`severity.${severity}`), " ", known ? gongkai.pick(known.title) : code),
      " ",
      el("span", { class: "message" }, known ? messageOf(known, { place, expected, found }, message) : message),
    ];
  };

  // The message is kept in English; in Chinese its template is filled again where place, expected and found are all it needs.
  function messageOf(known, details, message) {
    if (gongkai.language() === "en") return message;
    const filled = gongkai.fillIn(known.message[1], details);
    return /\{\w+\}/.test(filled) ? message : filled;
  }

  function counts(cells) {
    const number = {};
    for (const cell of cells.values()) number[cell.state] = (number[cell.state] || 0) + 1;
    return gongkai.el("span", { class: "counts" }, Object.entries(number).map(([state, count]) => `${gongkai.t(`state.${state}`)} ${count}`).join(" · "));
  }

  function csvRows(view) {
    const { report } = view;
    const rows = [["report_id", "report_year", "table", "item", "column", "label", "value", "unit", "state", "text", "value_written", "unit_written", "override_id", "findings", "url", "sha256", "captured_at"]];
    for (const item of view.form.items) {
      for (const id of item.columns) {
        const cell = view.cells.get(`${item.id}/${id}`);
        const codes = findingsAt(view, item.id, id).map((one) => one[0]).join(" ");
        rows.push([report.id, report.year, view.id, item.id, id, [...item.groups, item.label].join(" / "), cell.value, cell.unit, cell.state, cell.text, cell.written, cell.unitWritten, cell.override, codes, report.url, report.sha256, report.captured_at]);
      }
    }
    return rows;
  }

  function safeName(id) {
    return id.replace(/[^A-Za-z0-9-]+/g, "_");
  }
  gongkai.safeName = safeName;
})();
