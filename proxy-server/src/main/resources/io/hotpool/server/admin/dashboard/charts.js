// Lines over the last five minutes, in the colours of the page.
const POINTS = 150;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const charts = [];

export class Chart {
  constructor(id, names, colours, unit = "") {
    this.element = document.getElementById(id);
    this.names = names;
    this.colours = colours;
    this.unit = unit;
    this.data = [[], ...names.map(() => [])];
    charts.push(this);
    this.draw();
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  draw() {
    this.plot?.destroy();
    const axis = { stroke: css("--soft"), grid: { stroke: css("--grid"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
    this.plot = new uPlot({
      width: this.element.clientWidth || 400,
      height: 175,
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.1, 1)] } },
      axes: [{ ...axis, space: 70, size: 28, values: (plot, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString([], { hour12: false })) },
        { ...axis, size: 46 }],
      series: [{ label: "at", value: (plot, at) => (at == null ? "" : new Date(at * 1000).toLocaleTimeString([], { hour12: false })) },
        ...this.names.map((label, i) => ({
          label,
          stroke: css(this.colours[i]),
          width: 2,
          spanGaps: false,
          points: { show: false },
          value: (plot, value) => (value == null ? "–" : `${+value.toFixed(1)}${this.unit}`),
        }))],
      legend: { live: true },
    }, this.data, this.element);
    this.element.setAttribute("role", "img");
  }

  fit() {
    if (this.element.clientWidth > 0) this.plot.setSize({ width: this.element.clientWidth, height: 175 });
  }

  /** A series that nobody knew when the page was made. */
  name(label, colour) {
    if (this.names.includes(label)) return;
    this.names.push(label);
    this.colours.push(colour);
    this.data.push(this.data[0].map(() => 0));
    this.draw();
  }

  add(at, values) {
    this.data[0].push(at);
    values.forEach((value, i) => this.data[i + 1].push(value));
    if (this.data[0].length > POINTS) this.data.forEach((series) => series.shift());
    this.element.dataset.points = this.data[0].length;
    this.element.setAttribute("aria-label", this.names.map((name, i) => `${name} ${values[i] == null ? "none" : +values[i].toFixed(1)}${this.unit}`).join(", "));
    this.plot.setData(this.data);
    if (this.plot.cursor.idx == null) this.plot.setLegend({ idx: this.data[0].length - 1 });
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((chart) => chart.draw()));
