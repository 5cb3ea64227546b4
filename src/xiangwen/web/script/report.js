// The report at the right, opened at a cited sentence.
const narrow = window.matchMedia("(max-width: 900px)");
const wide = window.matchMedia("(min-width: 1680px)");
const panel = find(".xw-panel");
let opened = null; // what the panel shows: { report } or { turn, n, near }
let opener = null; // the element it was opened from, where the focus goes back to
let latest = 0; // only the last one asked for is shown

const citationsOf = (turn, near) => (near ? turn.answer?.nearest : turn.answer?.citations) ?? [];

function markerOf({ turn, n, near }) {
  return turn && find(`[data-turn="${turn.id}"] .xw-cite${near ? ".xw-near" : ":not(.xw-near)"}[data-n="${n}"]`);
}

function request(wanted) {
  if (wanted.report) { // by itself, or at a cell of the ledger: [n, start, end] of each sentence that gives it
    const { report, marks = [], current } = wanted;
    return { report, marks, current, number: marks.findIndex(([n]) => n === current) + 1, of: marks.length, language };
  }
  const all = citationsOf(wanted.turn, wanted.near);
  const here = all.find((c) => c.n === wanted.n);
  return here && {
    report: here.report,
    marks: all.filter((c) => c.report === here.report).map((c) => [c.n, c.start, c.end]),
    current: here.n,
    number: all.indexOf(here) + 1,
    of: all.length,
    near: wanted.near,
    language,
  };
}

async function openReport(wanted, from = opener) {
  const asked = request(wanted);
  if (!asked) return;
  const mine = ++latest;
  opened = wanted;
  opener = from;
  for (const marker of element.querySelectorAll(".xw-cite.xw-current")) marker.classList.remove("xw-current");
  markerOf(wanted)?.classList.add("xw-current");
  root.classList.add("xw-open");
  hideDrawer();
  const html = await call("source", asked, "");
  if (mine !== latest) return;
  if (html) panel.innerHTML = html;
  else panel.replaceChildren(make("div", { className: "xw-bar-row" }, make("span", { className: "xw-space" }),
    make("button", { className: "xw-icon", data: { go: "close" }, name: "cancel", text: "×" })), problem(refusal ?? say("lost")));
  if (wide.matches) panel.querySelector(".xw-contents")?.setAttribute("open", "");
  const here = panel.querySelector("#xw-here");
  const text = panel.querySelector(".xw-report-text");
  if (here) text.scrollTop += here.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
  panel.querySelector(".xw-contents [aria-current]:last-of-type")?.scrollIntoView({ block: "nearest" });
  if (narrow.matches) panel.querySelector('[data-go="close"]')?.focus({ preventScroll: true });
}

function step(by) {
  if (opened?.marks) {
    const next = opened.marks[opened.marks.findIndex(([n]) => n === opened.current) + by];
    if (next) openReport({ ...opened, current: next[0] }).then(() => panel.querySelector(`[data-step="${by}"]`)?.focus({ preventScroll: true }));
  }
  if (!opened?.turn) return;
  const all = citationsOf(opened.turn, opened.near);
  const next = all[all.findIndex((c) => c.n === opened.n) + by];
  if (!next) return;
  const wanted = { ...opened, n: next.n };
  const marker = markerOf(wanted);
  marker?.closest(".xw-beyond")?.closest("table").classList.add("xw-every");
  marker?.scrollIntoView({ block: "nearest" });
  openReport(wanted, marker ?? opener).then(() => panel.querySelector(`[data-step="${by}"]`)?.focus({ preventScroll: true }));
}

function closeReport() {
  latest++;
  opened = null;
  root.classList.remove("xw-open");
  for (const marker of element.querySelectorAll(".xw-cite.xw-current")) marker.classList.remove("xw-current");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  else if (ledgerShown()) goBack(opener);
  else box.focus();
}
