// The second view: every indicator of every report as a table, each cell one click from its sentence. Beside the table
// stand the numbers that do not agree (checks) and the pre-score of an assessment (scores), under the same filters.
const ledgerView = find("#xw-ledger");
const filters = find(".xw-filters");
const cellStrip = find(".xw-cell");
const USUAL = 8; // columns at first: those that most reports give
const COUNTED = ["done", "none"]; // states whose numbers are added up
let ledger = null; // { build, reports: [id], columns: [{ id, zh, en, type, is, not, given }] }
let ledgerCells = new Map(); // by indicator: cells by report
let picked = []; // indicators that are shown, in the order of the ledger
let order = { by: "name", down: false };
let charted = null;
let shownCell = null; // { report, column, from } in the strip, and the element that it was opened from
let face = "table"; // or "checks", "scores"
const keptTo = { county: "*", year: "*", level: "*", text: "" };

const ledgerShown = () => !ledgerView.hidden;
const columnName = (column) => (language === "zh" ? column.zh : column.en);
const cellOf = (report, column) => ledgerCells.get(column.id)?.get(report.id);
const columnsPicked = () => ledger.columns.filter((c) => picked.includes(c.id));

async function showView(view) {
  const on = view === "ledger";
  ledgerView.hidden = !on;
  root.classList.toggle("xw-ledger-view", on);
  for (const name of ["chat", "ledger"]) {
    const button = find(`.xw-views [data-go="${name} view"]`);
    if (name === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  window.history.replaceState(null, "", on ? "#ledger" : window.location.pathname + window.location.search);
  closeReport();
  if (on && ready) await openLedger();
}

async function openLedger() {
  const columns = await call("ledger_columns", null, null);
  if (!columns) { filters.replaceChildren(problem(refusal ?? say("no ledger"))); grid.hidden = true; return; }
  const anew = columns.build !== ledger?.build;
  if (anew) {
    ledger = columns;
    ledgerCells = new Map();
    if (reports.map((r) => r.id).join() !== ledger.reports.join()) takeReports((await call("collection", null, null)) ?? reports);
    const known = new Set(ledger.columns.map((c) => c.id));
    picked = (JSON.parse(kept.get("ledger-columns") ?? "null") ?? []).filter((id) => known.has(id));
    if (!picked.length) picked = usualColumns();
  }
  drawFilters();
  await fetchColumns();
  draw();
  ledgerView.dataset.ready = "true";
  if (anew) await readAnew();
}

// What was made of all cells, after a build or a correction.
async function readAnew() {
  await fetchChecks();
  if (assessment) await score(assessment);
}

const usualColumns = () => [...ledger.columns].sort((a, b) => b.given - a.given).slice(0, USUAL).map((c) => c.id);

async function fetchColumns() {
  const missing = picked.filter((id) => !ledgerCells.has(id));
  if (!missing.length) return;
  const got = await call("ledger_cells", { indicators: missing }, null);
  if (!got) { announce(refusal ?? say("lost")); return; }
  if (got.build !== ledger.build) { ledger = null; await openLedger(); return; }
  for (const [id, rows] of Object.entries(got.cells)) {
    ledgerCells.set(id, new Map(rows.map(([report, value, unit, kind, bound, state, part, more, fixed]) => [ledger.reports[report], { value, unit, kind, bound, state, part, more, fixed }])));
  }
}

async function pick(ids) {
  picked = ids;
  kept.set("ledger-columns", JSON.stringify(ids));
  if (charted && !ids.includes(charted)) charted = null;
  drawPicker();
  await fetchColumns();
  draw();
}

const faces = { table: drawTable, checks: drawChecks, scores: drawScores };

function showFace(wanted) {
  face = wanted;
  shownCell = null;
  cellStrip.hidden = true;
  draw();
}

function draw(stay = false) {
  const rows = reportsShown(face === "scores" ? scoreKey : cellKey);
  filters.querySelector(".xw-shown").textContent = say("shown", { n: rows.length });
  for (const button of filters.querySelectorAll(".xw-faces button")) button.setAttribute("aria-pressed", String(button.dataset.face === face));
  countChecks(rows);
  filters.querySelector(".xw-picker").hidden = face === "scores";
  filters.querySelector(".xw-excel").hidden = face === "checks" || (face === "scores" && !scores);
  checksPart.hidden = face !== "checks";
  assessPart.hidden = face !== "scores";
  grid.hidden = face === "checks" || (face === "scores" && !scores);
  if (face !== "table") chart.hidden = true;
  faces[face](rows, stay);
}

// ---- what is shown ---------------------------------------------------------------------------------------------------

const cellKey = (by, report) => { const cell = ledgerCells.get(by)?.get(report.id); return cell && sortable(cell); };

// Ordered by what `valueOf` gives of a column and a report; those of which it gives nothing come last.
function reportsShown(valueOf) {
  const met = (key, value) => keptTo[key] === "*" || keptTo[key] === String(value ?? "");
  const text = keptTo.text.toLowerCase();
  const rows = reports.filter((r) => met("county", r.county) && met("year", r.year) && met("level", r.level) && (!text || `${r.name}${r.title}`.toLowerCase().includes(text)));
  const plain = { name: (r) => r.name, county: (r) => countyName(r.county), year: (r) => r.year ?? 0 };
  const key = plain[order.by] ?? ((r) => valueOf(order.by, r));
  const compare = plain[order.by] ? collator.compare : (a, b) => a - b;
  const keys = new Map(rows.map((r) => [r, key(r)]));
  rows.sort((a, b) => {
    const silent = (r) => Number(keys.get(r) === undefined);
    if (silent(a) || silent(b)) return silent(a) - silent(b) || collator.compare(a.name, b.name);
    return (order.down ? -1 : 1) * compare(keys.get(a), keys.get(b)) || collator.compare(a.name, b.name) || (b.year ?? 0) - (a.year ?? 0);
  });
  return rows;
}

const sortable = (cell) => (typeof cell.value === "number" ? cell.value : { true: 1, all: 2, part: 1, none: 0 }[cell.value] ?? -0.5) + (COUNTED.includes(cell.state) ? 0 : -1e12);
const figure = (number) => number.toLocaleString("en-US", { maximumFractionDigits: 2 });

function valueText(cell) {
  if (typeof cell.value !== "number") return say(`value ${cell.value}`);
  const words = `${figure(cell.value)}${cell.unit}`;
  return cell.bound === "exact" ? words : say(`bound ${cell.bound}`, { value: words });
}

// The numbers of a column that may be compared: done, no part of another, in the units that most reports use.
function numbersOf(rows, column) {
  const cells = rows.map((row) => ({ row, ...cellOf(row, column) })).filter((c) => typeof c.value === "number" && COUNTED.includes(c.state) && !c.part);
  const kinds = groupBy(cells, "kind");
  const most = [...kinds.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return { cells: most, others: cells.length - most.length };
}

function totalText(rows, column, cells) {
  if (["fact", "coverage"].includes(column.type)) {
    const best = column.type === "fact" ? true : "all";
    const n = rows.filter((r) => cellOf(r, column)?.value === best && cellOf(r, column).state === "done").length;
    return n ? `${say(`value ${best}`)} ${n}` : "";
  }
  if (!cells.length || column.type === "rate" || cells[0].unit === "%") return "";
  const units = new Set(cells.map((c) => c.unit));
  const words = `${figure(cells.reduce((sum, c) => sum + c.value, 0))}${units.size === 1 ? cells[0].unit : ""}`;
  return cells.some((c) => c.bound === "at_least") ? say("bound at_least", { value: words }) : words;
}

function medianText(cells) {
  const values = cells.map((c) => c.value).sort((a, b) => a - b);
  if (!values.length) return "";
  const middle = values.length / 2;
  return figure(values.length % 2 ? values[Math.floor(middle)] : (values[middle - 1] + values[middle]) / 2);
}

const givenBy = (rows, column) => rows.filter((r) => (cellOf(r, column)?.state ?? "struck") !== "struck").length;

function drawTable(rows, stay) {
  const columns = columnsPicked();
  const foot = new Map(columns.map((column) => {
    const given = givenBy(rows, column);
    const numbers = numbersOf(rows, column);
    const { others } = numbers;
    const left = others ? say("other units", { n: others }) : "";
    return [column.id, { total: totalText(rows, column, numbers.cells), median: medianText(numbers.cells), coverage: `${given}/${rows.length}`, left, based: say("based on", { n: given, of: rows.length, rest: rows.length - given }) }];
  }));
  drawGrid({
    rows,
    columns,
    corner: sorters,
    head: (column) => ({
      className: "xw-column",
      title: `${column.is}${column.not ? ` ✗ ${column.not}` : ""}`,
      sort: sortOf(column.id),
      children: [sorter(column.id, columnName(column)), chartButton(column)],
    }),
    name: nameOf,
    cell: (r, column) => cellShown(cellOf(r, column)),
    foot: [
      { word: "total", of: (c) => ({ title: foot.get(c.id).left, children: [make("span", { text: foot.get(c.id).total + (foot.get(c.id).left && " *") })] }) },
      { word: "median", of: (c) => ({ title: foot.get(c.id).left, children: [make("span", { text: foot.get(c.id).median })] }) },
      { word: "coverage", of: (c) => ({ title: foot.get(c.id).based, children: [make("span", { text: foot.get(c.id).coverage })] }) },
    ],
    open: openCell,
  }, stay);
  drawCharted(rows, columns, foot);
}

const nameOf = (r) => [make("b", { text: r.name, title: r.title }), make("small", {}, make("span", { text: countyName(r.county) }), make("span", { text: ` · ${yearName(r.year)}` }))];
const sorters = () => ["name", "county", "year"].map((by) => sorter(by, say(`by ${by}`)));
const sortOf = (by) => (order.by === by ? (order.down ? "descending" : "ascending") : "none");

function sorter(by, words) {
  const button = make("button", { className: "xw-by", text: words, title: say("sort by", { name: words }), data: { on: order.by === by ? (order.down ? "down" : "up") : "" } });
  button.addEventListener("click", () => {
    const first = !["name", "county"].includes(by); // numbers and years begin with the largest
    order = { by, down: order.by === by ? !order.down : first };
    draw();
  });
  return button;
}

function chartButton(column) {
  const words = say("chart of", { name: columnName(column) });
  const button = make("button", { className: "xw-draw", title: words }, make("i"), make("i"), make("i"));
  button.setAttribute("aria-label", words);
  button.setAttribute("aria-pressed", String(charted === column.id));
  button.addEventListener("click", () => {
    charted = charted === column.id ? null : column.id;
    draw(true);
  });
  return button;
}

function cellShown(cell) {
  if (!cell) return { className: "xw-silent-cell", title: say("not given"), children: [make("span", { text: "·" })] };
  const tags = [cell.state !== "done" && cell.state !== "none" && make("small", { className: `xw-tag ${cell.state === "lacking" ? "xw-shortcoming" : ""}`, text: say(`state ${cell.state}`) }),
    cell.state === "none" && make("small", { text: say("value none") }), cell.part && make("small", { text: say("a part") }), cell.more > 0 && make("small", { text: `+${cell.more}` }), cell.fixed && make("small", { className: "xw-fixed", text: say(cell.state === "struck" ? "state struck" : "corrected") })];
  if (cell.state === "struck") tags.shift();
  return { className: `xw-${cell.state}`, title: say(`state ${cell.state}`), children: [make("span", { text: valueText(cell) }), ...tags.filter(Boolean)] };
}

function drawCharted(rows, columns, foot) {
  const column = columns.find((c) => c.id === charted) ?? (columns.length === 1 && charted !== "" ? columns[0] : null);
  if (!column || ["fact", "coverage"].includes(column.type)) { chart.hidden = true; return; }
  const points = numbersOf(rows, column).cells.map((c) => ({ row: c.row, name: `${c.row.name} ${c.row.year ? yearName(c.row.year) : ""}`, year: c.row.year, value: c.value, shown: valueText(c) }));
  const places = new Set(rows.map((r) => `${r.county} ${r.name}`));
  const overYears = places.size === 1 && points.length > 1 && points.every((p) => p.year);
  if (order.by === "name" || order.by === "county" || order.by === "year") points.sort((a, b) => b.value - a.value);
  const { based, left } = foot.get(column.id);
  drawChart(points, { title: columnName(column), note: [based, left].filter(Boolean).join("；"), overYears, open: (row) => openCell(row, column), close: () => { charted = ""; draw(true); grid.focus(); } });
}

// ---- one cell --------------------------------------------------------------------------------------------------------

// At the cell that starts there, or at the one that the table shows.
async function openCell(report, column, start = null, from = grid) {
  if (!column) { cellStrip.hidden = true; openReport({ report: report.id }, grid); return; }
  const mine = (shownCell = { report, column, from });
  const found = start !== null || cellOf(report, column) ? await call("ledger_cell", { report: report.id, indicator: column.id }, []) : [];
  if (mine !== shownCell) return;
  drawStrip(found);
  const marks = found.map((cell, i) => [i + 1, cell.start, cell.end]);
  const current = 1 + Math.max(0, found.findIndex((cell) => cell.start === start));
  openReport(marks.length ? { report: report.id, marks, current } : { report: report.id }, from);
}

function drawStrip(found) {
  const { report, column } = shownCell;
  const shut = make("button", { className: "xw-icon", name: "cancel", text: "×" });
  shut.addEventListener("click", closeStrip);
  cellStrip.replaceChildren(
    make("div", { className: "xw-cell-head" }, make("strong", { text: `${report.name} ${yearName(report.year)} · ${columnName(column)}` }), make("span", { className: "xw-space" }), shut),
    ...(found.length ? found.map(cellLine) : [silentLine()]),
  );
  cellStrip.hidden = false;
}

function silentLine() {
  const change = make("button", { className: "xw-plain xw-change", word: "correct" });
  const line = make("div", { className: "xw-cell-line" }, make("span", { className: "xw-hint", word: "silent cell" }), change);
  change.addEventListener("click", () => askForCorrection(line, null));
  return line;
}

function cellLine(cell, place) {
  const about = [say(`state ${cell.state}`), cell.part && say("a part"), say("sure", { n: Math.round(100 * cell.confidence) })].filter(Boolean);
  if (cell.correction) about.push(`${say("corrected")}：${[cell.correction.who, cell.correction.time.slice(0, 10), cell.correction.why].filter(Boolean).join(" ")}`);
  const change = make("button", { className: "xw-plain xw-change", word: "correct" });
  change.addEventListener("click", () => askForCorrection(change.closest(".xw-cell-line"), cell));
  return make("div", { className: `xw-cell-line xw-line-${cell.state}` }, make("span", { className: "xw-cite-number", text: `[${place + 1}]` }),
    make("b", { text: valueText(cell) }), make("span", { className: "xw-hint", text: about.join(" · ") }), change, make("q", { text: cell.quote }));
}

// What an analyst says of a cell: right, wrong, another value; who and why. Without a cell: a value and its sentence.
function askForCorrection(line, cell) {
  cellStrip.querySelector(".xw-correct")?.remove();
  const field = (word, value = "") => { const input = make("input", { type: "text", className: "xw-find", value, maxLength: LIMITS.reason }); input.dataset.placeholder = input.dataset.name = word; return input; };
  const [value, why, who, quote] = [field("right value"), field("why correct"), field("who corrects", kept.get("who") ?? ""), field("quote of it")];
  const state = make("select", { className: "xw-select" }, make("option", { value: "", text: say("same state") }), ...["done", "planned", "lacking", "none"].map((s) => make("option", { value: s, text: say(`state ${s}`) })));
  state.setAttribute("aria-label", say("same state"));
  const marks = (cell ? [cell.correction && "undo", "right", "wrong"] : []).filter(Boolean).map((mark) => {
    const button = make("button", { className: "xw-plain", word: `mark ${mark}` });
    button.addEventListener("click", () => send(mark));
    return button;
  });
  const form = make("form", { className: "xw-correct" }, !GUARDED && who, why, ...marks, !cell && quote, value, cell && state, make("button", { type: "submit", className: "xw-send", word: "mark value" }));
  async function send(mark) {
    if (!GUARDED) kept.set("who", who.value.trim());
    const which = cell ? { start: cell.start, read: pythonWord(cell.value) } : { quote: quote.value.trim() };
    const body = { report: shownCell.report.id, indicator: shownCell.column.id, mark, ...which, value: value.value, state: state.value, who: who.value.trim(), why: why.value.trim() };
    if (await post("ledger/correct", body, "no corrections", "correction failed")) await corrected();
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); send("value"); });
  speak(form);
  line.append(form);
  (GUARDED || who.value ? why : who).focus();
}

const pythonWord = (value) => ({ true: "True", null: "None" }[value] ?? String(value)); // as the server writes a value

async function corrected() {
  announce(say("correction noted"));
  const { report, column } = shownCell;
  ledgerCells.delete(column.id);
  await fetchColumns();
  draw(true);
  shownCell = { report, column, from: grid };
  drawStrip(await call("ledger_cell", { report: report.id, indicator: column.id }, []));
  await readAnew();
}

function closeStrip() {
  const from = shownCell?.from;
  shownCell = null;
  cellStrip.hidden = true;
  goBack(from);
}

function goBack(from) { // to what a cell was opened from, or else to where one reads
  const to = [from, grid, checksPart].find((part) => part?.isConnected && part.offsetParent);
  to?.focus({ preventScroll: true });
}

// ---- filters, columns, download --------------------------------------------------------------------------------------

function selectOf(key, everything, rows) {
  const options = [make("option", { value: "*", text: say(everything) }), ...rows.map(([value, name]) => make("option", { value: value ?? "", text: name }))];
  const select = make("select", { className: "xw-select" }, ...options);
  select.setAttribute("aria-label", say(everything));
  select.value = options.some((o) => o.value === keptTo[key]) ? keptTo[key] : "*";
  select.addEventListener("change", () => { keptTo[key] = select.value; draw(); });
  return select;
}

const valuesOf = (key, name) => [...groupBy(reports, key).keys()].map((value) => [value, name(value)]).sort(([a, x], [b, y]) => (key === "year" ? (b ?? 0) - (a ?? 0) : collator.compare(x, y)));

function drawFilters() {
  const search = make("input", { type: "search", className: "xw-find xw-find-township", value: keptTo.text });
  search.dataset.placeholder = search.dataset.name = "find township";
  search.addEventListener("input", () => { keptTo.text = search.value.trim(); draw(); });
  const excel = make("button", { className: "xw-plain xw-excel", word: "excel" });
  excel.addEventListener("click", takeExcel);
  const buttons = Object.keys(faces).map((name) => {
    const button = make("button", { data: { face: name } }, make("span", { word: `${name} face` }), name === "checks" && make("small"));
    button.addEventListener("click", () => showFace(name));
    return button;
  });
  filters.replaceChildren(
    make("div", { className: "xw-faces", role: "group", name: "faces" }, ...buttons),
    make("details", { className: "xw-picker" }, make("summary"), make("div", { className: "xw-pick" })),
    selectOf("county", "every county", valuesOf("county", countyName)),
    selectOf("year", "every year", valuesOf("year", yearName)),
    selectOf("level", "every level", valuesOf("level", (level) => level ?? say("no level"))),
    search,
    make("span", { className: "xw-shown xw-hint", role: "status" }),
    excel,
  );
  speak(filters);
  drawPicker();
}

function drawPicker() {
  const picker = filters.querySelector(".xw-picker");
  picker.querySelector("summary").textContent = say("indicators", { n: picked.length, of: ledger.columns.length });
  const wanted = picker.querySelector(".xw-find")?.value ?? "";
  if (picker.querySelector(".xw-picks")) { drawPicks(); return; }
  const search = make("input", { type: "search", className: "xw-find", value: wanted });
  search.dataset.placeholder = search.dataset.name = "find indicator";
  search.addEventListener("input", drawPicks);
  const quick = [["every indicator", () => ledger.columns.map((c) => c.id)], ["usual indicators", usualColumns], ["no indicators", () => []]].map(([word, ids]) => {
    const button = make("button", { className: "xw-plain", word });
    button.addEventListener("click", () => pick(ids()));
    return button;
  });
  picker.querySelector(".xw-pick").replaceChildren(search, make("div", { className: "xw-quick" }, ...quick), make("ul", { className: "xw-picks" }));
  speak(picker);
  drawPicks();
}

function drawPicks() {
  const list = filters.querySelector(".xw-picks");
  const wanted = filters.querySelector(".xw-pick .xw-find").value.trim().toLowerCase();
  const met = ledger.columns.filter((c) => !wanted || `${c.id} ${c.zh} ${c.en}`.toLowerCase().includes(wanted));
  const focused = document.activeElement?.value;
  list.replaceChildren(...(met.length ? met.map((column) => {
    const tick = make("input", { type: "checkbox", value: column.id, checked: picked.includes(column.id) });
    tick.addEventListener("change", () => pick(ledger.columns.map((c) => c.id).filter((id) => (id === column.id ? tick.checked : picked.includes(id)))));
    return make("li", {}, make("label", { title: column.is }, tick, make("span", { text: columnName(column) }), make("small", { text: `${column.given}/${ledger.reports.length}` })));
  }) : [make("li", { className: "xw-hint", word: "no indicator" })]));
  list.querySelector(`input[value="${CSS.escape(focused ?? "")}"]`)?.focus();
}

async function takeExcel() {
  const scored = face === "scores";
  if (!scored && !picked.length) { announce(say("pick indicators")); return; }
  const ids = reportsShown(scored ? scoreKey : cellKey).map((r) => r.id);
  const wanted = scored ? { assessment: assessment.text, name: assessment.name, reports: ids } : { reports: ids, indicators: columnsPicked().map((c) => c.id) };
  const sent = await post(scored ? "export/assessment" : "export/ledger", wanted, "no export", "excel failed");
  if (!sent) return;
  const link = make("a", { href: URL.createObjectURL(await sent.blob()), download: `${say(scored ? "scores face" : "ledger view")}.xlsx` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// After a switch of the language.
function drawLedger() {
  if (!ledger) return;
  drawFilters();
  draw(true);
  closeStrip();
}

ledgerView.addEventListener("click", (event) => { // the list of indicators folds up when one clicks beside it
  const picker = filters.querySelector(".xw-picker[open]");
  if (picker && !event.target.closest(".xw-picker")) picker.removeAttribute("open");
});
