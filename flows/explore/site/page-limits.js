// What this data cannot tell: fixed words, then the warnings of each table and the caveats of each metric.
"use strict";

(() => {
  gongkai.pages.limits = async () => {
    const [terms, fields, words] = await Promise.all([gongkai.load("terms"), gongkai.load("fields"), gongkai.load("words")]);
    const el = gongkai.el;
    const t = gongkai.t;
    const points = Object.keys(words).filter((key) => /^limits\.point\.\d+$/.test(key));
    return {
      title: t("limits.title"),
      content: [
        el("h1", {}, t("limits.title")),
        el("p", { class: "lead" }, t("limits.lead")),
        el("ul", { class: "limits" }, points.map((key) => el("li", {}, t(key)))),
        el("h2", {}, t("limits.metrics")),
        el("ul", {}, terms.metrics.filter((one) => !one.id.includes(".")).map((one) => el("li", {}, el("strong", {}, gongkai.pick(one.label)), " ", gongkai.pick(one.caveat)))),
        el("h2", {}, t("limits.tables")),
        Object.entries(fields).map(([id, table]) => [el("h3", {}, gongkai.pick(table.title), " ", el("code", {}, id)), el("ul", {}, table.warnings.map((one) => el("li", {}, gongkai.pick(one))))]),
      ],
    };
  };
})();
