// Findings: how many of each code and what to do; then one code's findings in a province, each with its place.
"use strict";

(() => {
  const PAGE = 100;

  gongkai.pages.findings = async (route) => {
    const [terms, index] = await Promise.all([gongkai.load("terms"), gongkai.load("index")]);
    return route.path[1] ? oneCode(terms, index, route) : allCodes(terms, index);
  };

  function allCodes(terms, index) {
    const el = gongkai.el;
    const t = gongkai.t;
    const sums = new Map();
    for (const [code, severity, , count] of index.findings) {
      const one = sums.get(code) || { severity, count: 0 };
      one.count += count;
      sums.set(code, one);
    }
    const order = ["error", "warning", "info"];
    const rows = [...sums].sort((a, b) => order.indexOf(a[1].severity) - order.indexOf(b[1].severity) || b[1].count - a[1].count)
      .map(([code, { severity, count }]) => ({ attributes: { class: severity }, cells: [
        terms.findings[code] ? gongkai.link(["findings", code], {}, {}, gongkai.pick(terms.findings[code].title)) : code,
        el("code", {}, code), [gongkai.severitySign(severity), " ", t(`severity.${severity}`)], { class: "number", children: gongkai.number(count) }, terms.findings[code] ? gongkai.pick(terms.findings[code].action) : ""] }));
    return {
      title: t("findings.title"),
      content: [
        el("h1", {}, t("findings.title")),
        el("p", { class: "lead" }, t("findings.lead")),
        rows.length ? gongkai.table(t("findings.caption"), [t("findings.title"), t("finding.code"), t("severity"), t("count"), t("finding.action")], rows) : el("p", { class: "notice" }, t("findings.none")),
        el("p", { class: "tools" }, gongkai.downloadButton("findings.csv", () => [["code", "severity", "report_year", "findings"], ...index.findings])),
      ],
    };
  }

  async function oneCode(terms, index, route) {
    const el = gongkai.el;
    const t = gongkai.t;
    const code = route.path[1];
    const known = terms.findings[code];
    if (!known) throw new Error(code);
    const provinces = index.finding_places.filter(([one]) => one === code).map(([, province, count]) => [province, count]);
    const province = route.query.p || (provinces[0] || [])[0];
    const rows = province ? await gongkai.load(`findings/${code}/${province}`) : [];
    const page = Math.max(Number(route.query.page || 1), 1);
    const pages = Math.ceil(rows.length / PAGE);
    const name = (one) => (index.provinces.find(([other]) => other === one) || [one, one])[1];
    const names = new Map((await gongkai.load("districts")).map(([one, , full]) => [one, full]));
    return {
      title: gongkai.pick(known.title),
      content: [
        el("nav", { class: "crumbs", "aria-label": t("crumbs") }, gongkai.link(["findings"], {}, {}, t("findings.title"))),
        el("h1", {}, gongkai.pick(known.title), " ", el("code", {}, code)),
        el("p", { class: "lead" }, el("span", { class: `sign ${known.severity}`, "aria-hidden": "true" }, gongkai.severitySign(known.severity)), " ", t(`severity.${known.severity}`), " · ", gongkai.pick(known.action)),
        provinces.length > 1 ? el("ul", { class: "years" }, provinces.map(([one, count]) => el("li", {}, gongkai.link(["findings", code], { p: one }, { "aria-current": one === province ? "true" : null }, `${name(one)} (${count})`)))) : null,
        rows.length ? gongkai.table(t("findings.one.caption", { name: name(province), from: (page - 1) * PAGE + 1, to: Math.min(page * PAGE, rows.length), all: rows.length }), [t("district"), t("year"), t("finding.place"), t("finding.expected"), t("finding.found"), t("report.id")], rows.slice((page - 1) * PAGE, page * PAGE).map((row) => line(names, row))) : el("p", { class: "notice" }, t("findings.none")),
        pages > 1 ? el("p", { class: "pager" }, page > 1 ? gongkai.link(["findings", code], { p: province, page: page - 1 }, { rel: "prev" }, t("page.before")) : null, ` ${page} / ${pages} `, page < pages ? gongkai.link(["findings", code], { p: province, page: page + 1 }, { rel: "next" }, t("page.after")) : null) : null,
        rows.length ? el("p", { class: "tools" }, gongkai.downloadButton(`findings-${code}-${province}.csv`, () => [["code", "district_code", "report_id", "report_year", "severity", "place", "expected", "found", "message"], ...rows.map(([district, report, year, , ...words]) => [code, district, report, year, ...words])])) : null,
      ],
    };
  }

  function line(names, [district, report, year, own, severity, place, expected, found, message]) {
    const target = own ? ["district", district] : ["report", district, report];
    const address = place && place.includes("/") ? { year, place } : { year };
    return { attributes: { class: severity, title: message }, cells: [
      gongkai.link(own ? target : ["district", district], own ? address : {}, {}, names.get(district) || district),
      String(year || "—"),
      place ? gongkai.link(target, address, {}, place) : "—",
      expected ?? "—", found ?? "—", gongkai.el("code", {}, report)] };
  }
})();
