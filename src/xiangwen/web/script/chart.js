// One column as a picture: a bar for each report, or a line over the years where all reports are of one township.
const chart = find(".xw-chart");
const BARS = 100;
const SVG = "http://www.w3.org/2000/svg";

// points: { row, name, value, shown }, in the order of the table; title and note stand above and below.
function drawChart(points, { title, note, overYears, open, close }) {
  const shut = make("button", { className: "xw-icon", name: "close chart", text: "×" });
  shut.addEventListener("click", close);
  const picture = !points.length ? make("p", { className: "xw-hint", word: "no values" }) : overYears ? lineOf(points, title, open) : barsOf(points, open);
  const rest = points.length > BARS && !overYears ? ` ${say("chart rest", { n: points.length - BARS })}` : "";
  chart.setAttribute("aria-label", title);
  chart.replaceChildren(make("div", { className: "xw-chart-head" }, make("strong", { text: title }), make("span", { className: "xw-hint", text: note + rest }), make("span", { className: "xw-space" }), shut), picture);
  chart.hidden = false;
}

function barsOf(points, open) {
  const most = Math.max(...points.map((p) => p.value), 0) || 1;
  return make("ul", { className: "xw-bars" }, ...points.slice(0, BARS).map((point) => {
    const bar = make("i");
    bar.style.width = `${Math.max(0, (100 * point.value) / most)}%`;
    const button = make("button", {}, make("span", { text: point.name, title: point.name }), make("span", { className: "xw-bar" }, bar), make("b", { text: point.shown }));
    button.addEventListener("click", () => open(point.row));
    return make("li", {}, button);
  }));
}

function drawing(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function lineOf(points, title, open) {
  const ordered = [...points].sort((a, b) => a.year - b.year);
  const most = Math.max(...ordered.map((p) => p.value), 0) || 1;
  const [width, height, left, top] = [Math.max(320, 110 * ordered.length), 190, 56, 34];
  const span = Math.max(1, ordered.at(-1).year - ordered[0].year);
  const x = (p) => left + ((p.year - ordered[0].year) / span) * (width - 2 * left);
  const y = (p) => height - 34 - (p.value / most) * (height - 34 - top);
  const picture = drawing("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${title}：${ordered.map((p) => `${p.year} ${p.shown}`).join("，")}` });
  picture.append(drawing("line", { class: "xw-axis-line", x1: 20, x2: width - 20, y1: height - 34, y2: height - 34 }),
    drawing("polyline", { class: "xw-trend", points: ordered.map((p) => `${x(p)},${y(p)}`).join(" ") }));
  for (const point of ordered) {
    const dot = drawing("circle", { class: "xw-dot", cx: x(point), cy: y(point), r: 6 });
    dot.addEventListener("click", () => open(point.row));
    picture.append(dot, drawing("text", { x: x(point), y: y(point) - 12, "text-anchor": "middle" }, point.shown),
      drawing("text", { class: "xw-axis-year", x: x(point), y: height - 12, "text-anchor": "middle" }, say("year", { n: point.year })));
  }
  return make("div", { className: "xw-line" }, picture);
}
