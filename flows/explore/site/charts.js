// Series in, line charts out, drawn by plotly.js, which is loaded when the first chart comes into sight.
// Series differ in colour, marker and dash, so that they can be told apart without colour and in print.
"use strict";

(() => {
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#5c4d00"]; // Okabe and Ito, the last one darkened
  const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star"];
  const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
  const YEAR_WIDTH = 44; // pixels that the name of a year needs
  const BREAK_AT = 2018.5; // the form of 2019 asks other questions

  let queue = Promise.resolve();

  // A figure element for series [{name, years, values, notes, reference}] of one metric.
  gongkai.lineChart = (metric, given, height) => {
    const el = gongkai.el;
    const series = onAllYears(given);
    const label = gongkai.pick(metric.label);
    const box = el("div", { class: "chart", role: "img", "aria-label": gongkai.t("chart.label", { metric: label, names: series.map((one) => one.name).join(", ") }) });
    box.dataset.height = height;
    whenVisible(box, () => draw(box, metric, series));
    return el("figure", { class: "metric", "data-metric": metric.short }, el("figcaption", {}, label), box);
  };

  // The series over every year from the first to the last of all: a year that one of them lacks breaks its line.
  function onAllYears(series) {
    const known = series.flatMap((one) => one.years);
    const first = Math.min(...known);
    const years = Array.from({ length: Math.max(...known) - first + 1 }, (_, n) => first + n);
    const spread = (one, list) => years.map((year) => (one.years.includes(year) ? list[one.years.indexOf(year)] : null));
    return series.map((one) => ({ ...one, years, values: spread(one, one.values), notes: spread(one, one.notes), words: spread(one, one.words || []) }));
  }

  // Once, when the box comes near the window, one chart after the other so that each is seen as soon as it is there; or
  // all at once when the page is printed. Printing does not wait, so the library is loaded before.
  function whenVisible(box, action) {
    (window.requestIdleCallback || setTimeout)(() => gongkai.loadScript("plotly.min.js").catch(() => {}));
    let begun = false;
    const once = () => {
      window.removeEventListener("beforeprint", once);
      if (begun || !box.isConnected) return null;
      begun = true;
      return action();
    };
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      queue = queue.then(once).then(() => new Promise((resolve) => setTimeout(resolve)));
    }, { rootMargin: "200px" });
    observer.observe(box);
    window.addEventListener("beforeprint", once);
  }

  async function draw(box, metric, series) {
    try {
      await gongkai.loadScript("plotly.min.js");
      await Plotly.newPlot(box, series.flatMap((one, n) => traces(metric, one, n)), layout(metric, series, box), { displayModeBar: false, responsive: true, doubleClick: false });
      box.dataset.drawn = "yes";
    } catch (error) {
      gongkai.fill(box, gongkai.t("chart.failed", { reason: error.message }));
    }
  }

  // One trace for what may be compared, one for another series (break), none where there is nothing.
  function traces(metric, one, n) {
    const style = one.reference
      ? { color: "#767676", symbol: "line-ew-open", dash: "dot", width: 1 }
      : { color: COLOURS[n % COLOURS.length], symbol: SYMBOLS[n % SYMBOLS.length], dash: DASHES[n % DASHES.length], width: 2 };
    const groups = [
      { broken: false, keep: (note) => note !== "break_in_series" },
      { broken: true, keep: (note) => note === "break_in_series" },
    ];
    return groups
      .map(({ broken, keep }) => {
        const values = one.values.map((value, at) => (keep(one.notes[at]) ? value : null));
        return { broken, values };
      })
      .filter(({ broken, values }) => !broken || values.some((value) => value !== null))
      .map(({ broken, values }) => ({
        type: "scatter",
        mode: "lines+markers",
        name: escape(one.name),
        legendgroup: `${n}`,
        showlegend: !broken,
        x: one.years,
        y: values,
        text: values.map((value, at) => escape(`${gongkai.metricValue(metric, value)} ${one.words[at] || ""}`.trim())),
        hovertemplate: "%{x}: %{text}<extra>%{fullData.name}</extra>",
        connectgaps: false,
        line: { color: style.color, dash: style.dash, width: broken ? 1 : style.width },
        marker: { color: style.color, symbol: broken && !one.reference ? `${style.symbol}-open` : style.symbol, size: one.reference ? 5 : 8 },
      }));
  }

  function layout(metric, series, box) {
    const height = Number(box.dataset.height);
    const { years } = series[0];
    const broken = series.some((one) => one.notes.includes("break_in_series"));
    return {
      height,
      margin: { l: 52, r: 12, t: 10, b: series.length > 1 ? 70 : 34 },
      font: { family: "system-ui, sans-serif", size: 12, color: "#1a1a1a" },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { tickmode: "linear", tick0: Math.min(...years), dtick: Math.ceil((years.length * YEAR_WIDTH) / Math.max(box.clientWidth - 64, 1)), tickangle: 0, tickformat: "d", gridcolor: "#e3e3e3", fixedrange: true, range: [Math.min(...years) - 0.5, Math.max(...years) + 0.5] },
      yaxis: { rangemode: metric.kind === "growth" ? "normal" : "tozero", tickformat: metric.kind === "total" ? ",d" : ".0%", gridcolor: "#e3e3e3", fixedrange: true, zerolinecolor: "#767676" },
      legend: { orientation: "h", y: -0.22, x: 0 },
      showlegend: series.length > 1,
      hovermode: "closest",
      shapes: broken ? [{ type: "line", x0: BREAK_AT, x1: BREAK_AT, y0: 0, y1: 1, yref: "paper", line: { color: "#767676", width: 1, dash: "dash" } }] : [],
      annotations: broken ? [{ x: BREAK_AT, y: 1, yref: "paper", text: escape(gongkai.t("chart.break")), showarrow: false, xanchor: "right", yanchor: "top", font: { size: 10, color: "#595959" } }] : [],
    };
  }

  // plotly.js reads a few tags in texts; names from pages have none.
  function escape(text) {
    return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }
})();
