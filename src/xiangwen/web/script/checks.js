// Numbers that do not agree, as questions to ask an office: those of the chosen reports that touch a chosen indicator.
const checksPart = find(".xw-checks");
const CHECKS = 100; // questions that are drawn at once
let checks = null; // [{ question: [zh, en], cells: [{ report, indicator, start, end, quote, value, unit, bound }] }]
let checksLost = null; // why there are none

async function fetchChecks() {
  const got = await call("ledger_checks", null, null);
  checksLost = got ? null : refusal ?? say("lost");
  if (got && got.build !== ledger.build) { ledger = null; await openLedger(); return; }
  const shape = ([report, indicator, start, end, quote, value, unit, bound]) => ({ report: ledger.reports[report], indicator, start, end, quote, value, unit, bound });
  checks = got && got.checks.map(({ question, cells }) => ({ question, cells: cells.map(shape) }));
  if (face === "checks") draw(true);
  else countChecks(reportsShown(cellKey));
}

function countChecks(rows) {
  filters.querySelector('[data-face="checks"] small').textContent = checks ? checksOf(rows).length : "";
}

// In the order of the rows.
function checksOf(rows, chosenOnly = true) {
  const place = new Map(rows.map((r, i) => [r.id, i]));
  const met = checks.filter(({ cells }) => place.has(cells[0].report) && (!chosenOnly || cells.some((c) => picked.includes(c.indicator))));
  return met.sort((a, b) => place.get(a.cells[0].report) - place.get(b.cells[0].report));
}

function drawChecks(rows) {
  if (!checks) { checksPart.replaceChildren(checksLost ? problem(checksLost) : make("p", { className: "xw-hint", word: "checking numbers" })); return; }
  const found = checksOf(rows);
  const elsewhere = checksOf(rows, false).length - found.length;
  const list = make("ol", {});
  const more = make("button", { className: "xw-plain" });
  const drawMore = () => {
    const from = list.children.length;
    list.append(...found.slice(from, from + CHECKS).map(checkLine));
    const rest = found.length - list.children.length;
    more.textContent = say("more checks", { n: rest });
    if (from) list.children[from].querySelector("button").focus();
    if (!rest) more.remove();
  };
  more.addEventListener("click", drawMore);
  const all = make("button", { className: "xw-plain", word: "every indicator" });
  all.addEventListener("click", () => pick(ledger.columns.map((c) => c.id)).then(() => checksPart.focus()));
  checksPart.replaceChildren(
    make("p", { className: "xw-hint", word: found.length ? "check hint" : "no checks" }),
    ...(found.length ? [list, more] : []),
    ...(elsewhere ? [make("p", { className: "xw-hint" }, make("span", { word: "checks elsewhere", data: { n: elsewhere } }), all)] : []),
  );
  if (found.length) drawMore();
}

function checkLine({ question, cells }) {
  const report = reportOf(cells[0].report);
  return make("li", {}, make("p", {}, make("b", { text: `${report.name} ${yearName(report.year)}`, title: report.title }), make("span", { text: question[language === "zh" ? 0 : 1] })),
    ...cells.map((cell) => quoteLine(cell, report)));
}

function quoteLine(cell, asked) {
  const report = reportOf(cell.report);
  const column = ledger.columns.find((c) => c.id === cell.indicator);
  const about = report === asked ? columnName(column) : `${columnName(column)}，${yearName(report.year)}`;
  const button = make("button", { className: "xw-quoted" }, make("b", { text: valueText(cell) }), make("q", { text: cell.quote }), make("small", { text: about }));
  button.addEventListener("click", () => openCell(report, column, cell.start, button));
  return button;
}

const reportOf = (id) => reports.find((r) => r.id === id);
