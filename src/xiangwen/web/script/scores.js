// The pre-score: reports by the items of an office's assessment, each mark with the words that show it.
const assessPart = find(".xw-assess");
const EXAMPLE = `title = "法治政府建设考核细则"

[[item]]
indicator = "领导干部学法次数"
rule = "学法≥6次"
points = 5

[[item]]
indicator = "乡镇政府法律顾问"
rule = "无法律顾问"
points = -1`;
let assessment = null; // the file that was chosen: { name, text }
let scores = null; // { title, full, items: [{ name, indicator, points }], of: scores by report }
let scoring = null; // a word while a file is read, what is wrong with the one chosen last

async function takeAssessment(file) {
  if (file.size > 4 * LIMITS.assessment) { scoring = say("assessment too large"); draw(true); return; }
  const bytes = await file.arrayBuffer();
  let text;
  try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { text = new TextDecoder("gb18030").decode(bytes); }
  await score({ name: file.name, text });
}

// A file that is wrong leaves the scores by the one before it as they are.
async function score(wanted) {
  assessPart.querySelector(".xw-assess-said")?.replaceChildren(make("p", { className: "xw-hint", word: "assessing" }));
  const got = await call("ledger_scores", { assessment: wanted.text, name: wanted.name }, null);
  scoring = got ? got.problem ?? null : refusal ?? say("lost");
  if (!scoring) assessment = wanted;
  if (!scoring && got.build !== ledger.build) { ledger = null; await openLedger(); return; }
  if (!scoring) {
    const shape = ([outcome, points, cells, quote, start]) => ({ outcome, points, cells, quote, start });
    scores = { ...got, of: new Map(got.scores.map(([report, lowest, highest, open, items]) => [ledger.reports[report], { lowest, highest, open, items: items.map(shape) }])) };
  }
  draw(true);
}

const scoreKey = (by, report) => {
  const own = scores?.of.get(report.id);
  const item = own?.items[by.replace("item ", "")];
  return item ? item.points ?? undefined : { lowest: own?.lowest, open: own && own.highest - own.lowest }[by];
};

function drawScores(rows, stay) {
  drawAssessment();
  if (!scores) return;
  const items = scores.items.map((item, n) => ({ ...item, n, by: `item ${n}`, words: `${item.name}（${figure(item.points)}）` }));
  const count = (item, ...outcomes) => rows.filter((r) => outcomes.includes(scores.of.get(r.id)?.items[item.n].outcome)).length;
  const counted = (...outcomes) => (c) => ({ children: c.n === undefined ? [] : [make("span", { text: `${count(c, ...outcomes)}/${rows.length}` })] });
  drawGrid({
    rows: rows.filter((r) => scores.of.has(r.id)),
    columns: [{ by: "lowest", words: say("lowest to highest") }, { by: "open", words: say("open points") }, ...items],
    wide: narrow.matches ? 1.15 : 1.4,
    corner: sorters,
    head: (c) => ({ className: "xw-column", title: c.words, sort: sortOf(c.by), children: [sorter(c.by, c.words)] }),
    name: nameOf,
    cell: (r, c) => scoreShown(scores.of.get(r.id), c),
    foot: [{ word: "items met", of: counted("met") }, { word: "items open", of: counted("to_prove", "to_check") }],
    open: (r, c) => openCell(r, ledger.columns.find((known) => known.id === c?.indicator), scores.of.get(r.id).items[c?.n]?.start),
  }, stay);
}

function scoreShown(own, column) {
  if (column.by === "lowest") return { children: [make("b", { text: `${figure(own.lowest)}–${figure(own.highest)}` })] };
  if (column.by === "open") return { children: [make("span", { text: figure(own.highest - own.lowest) }), own.open > 0 && make("small", { text: say("open items", { n: own.open }) })].filter(Boolean) };
  const { outcome, points, quote } = own.items[column.n];
  const decided = points !== null;
  const word = say(decided && column.points < 0 ? `taken off ${outcome}` : `outcome ${outcome}`);
  return { className: `xw-score xw-${outcome}`, title: quote || say("not given"),
    children: [decided && make("b", { text: figure(points) }), make("small", { className: "xw-outcome", text: word }), quote && make("q", { text: quote })].filter(Boolean) };
}

function drawAssessment() {
  const file = make("input", { type: "file", accept: ".toml", hidden: true });
  const choose = make("button", { className: scores ? "xw-plain" : "xw-send", word: scores ? "another assessment" : "choose assessment" });
  choose.addEventListener("click", () => file.click());
  file.addEventListener("change", () => { if (file.files[0]) takeAssessment(file.files[0]); });
  const told = scores && make("span", { className: "xw-hint", text: say("assessed", { file: assessment.name, n: scores.items.length, full: figure(scores.full) }) });
  assessPart.replaceChildren(
    make("div", { className: "xw-assess-head" }, scores && make("strong", { text: scores.title }), told, choose, file),
    make("div", { className: "xw-assess-said" }, scoring && problem(scoring)),
    make("p", { className: "xw-hint", word: "assess hint" }),
    ...(scores ? [] : [make("details", {}, make("summary", { word: "how to assess" }), make("pre", { text: EXAMPLE }))]),
  );
}
