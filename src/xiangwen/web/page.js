// The page's own behaviour, run once by Gradio when the transcript is there, which provides
// element, trigger, props, server and watch. Texts arrive as HTML that Python has escaped.
const turns = element.querySelector(".xw-turns");
const root = document.querySelector(".gradio-container");
const narrow = window.matchMedia("(max-width: 900px)");
const wide = window.matchMedia("(min-width: 1680px)");
document.documentElement.lang = "zh-CN";

// ---- the transcript -------------------------------------------------------------------------------------------------

function show(value) {
  if (!value || value.turn < 0) return;
  if (narrow.matches && box()) box().placeholder = "向报告提问……";
  if (value.turn === 0) {
    turns.innerHTML = value.answer;
    if (value.ready && !narrow.matches) box()?.focus();
    if (value.ready && !narrow.matches && panel().childElementCount === 0) open({});
    return;
  }
  if (value.turn === 1 && !turns.querySelector(".xw-turn")) turns.innerHTML = "";
  let turn = turns.querySelector(`[data-turn="${value.turn}"]`);
  const fresh = !turn;
  if (fresh) {
    turn = document.createElement("section");
    turn.className = "xw-turn";
    turn.dataset.turn = value.turn;
    turn.innerHTML = value.question + '<div class="xw-answer"></div>';
    turns.append(turn);
  }
  const answer = turn.querySelector(".xw-answer");
  answer.innerHTML = value.answer;
  answer.setAttribute("aria-busy", String(!value.done));
  if (fresh) turns.scrollTo({ top: turn.offsetTop });
}

// ---- the panel at the right -----------------------------------------------------------------------------------------

const panel = () => document.querySelector(".xw-panel");
let opener = null; // the marker that the panel was opened from
let latest = 0; // only the last one asked for is shown

function place(open) {
  root.classList.toggle("xw-open", open);
  document.querySelector('[data-go="toggle"]')?.setAttribute("aria-pressed", String(open));
}

async function open(wanted) {
  const mine = ++latest;
  place(true);
  let html;
  try {
    html = await server.source(wanted);
  } catch {
    html = '<div class="xw-notice xw-problem" role="alert"><p>与服务的连接中断，请刷新页面。</p></div>';
  }
  if (mine !== latest) return;
  panel().innerHTML = html;
  const here = panel().querySelector("#xw-here");
  const text = panel().querySelector(".xw-report-text");
  if (wide.matches) panel().querySelector(".xw-contents")?.setAttribute("open", "");
  if (here) {
    text.scrollTop += here.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
    panel().querySelector('.xw-contents [aria-current]:last-of-type')?.scrollIntoView({ block: "nearest" });
  }
  if (narrow.matches) (panel().querySelector('[data-go="close"]'))?.focus({ preventScroll: true });
}
function openMarker(link) {
  for (const other of document.querySelectorAll(".xw-cite.xw-current")) other.classList.remove("xw-current");
  link.classList.add("xw-current");
  opener = link;
  const turn = link.closest(".xw-turn");
  const near = link.classList.contains("xw-near");
  const all = unique([...turn.querySelectorAll(near ? ".xw-cite.xw-near" : ".xw-cite:not(.xw-near)")]);
  const same = all.filter((m) => m.dataset.report === link.dataset.report);
  return open({
    report: link.dataset.report,
    marks: same.map((m) => [m.dataset.n, m.dataset.start, m.dataset.end].map(Number)),
    current: Number(link.dataset.n),
    number: all.findIndex((m) => m.dataset.n === link.dataset.n) + 1,
    of: all.length,
    near,
    language: /[\u3400-\u9fff]/.test(turn.querySelector(".xw-question").textContent) ? "zh" : "en",
  });
}

function unique(markers) {
  const seen = new Set();
  return markers
    .filter((m) => !seen.has(m.dataset.n) && seen.add(m.dataset.n))
    .sort((a, b) => a.dataset.n - b.dataset.n);
}

function step(by) {
  if (!opener?.isConnected) return;
  const near = opener.classList.contains("xw-near");
  const all = unique([...opener.closest(".xw-turn").querySelectorAll(near ? ".xw-cite.xw-near" : ".xw-cite:not(.xw-near)")]);
  const next = all[all.findIndex((m) => m.dataset.n === opener.dataset.n) + by];
  if (!next) return;
  const folded = next.closest("details");
  if (folded) folded.open = true;
  openMarker(next).then(() => panel().querySelector(`[data-step="${by}"]`)?.focus({ preventScroll: true }));
  next.scrollIntoView({ block: "nearest" });
}

function close() {
  place(false);
  latest++;
  opener?.classList.remove("xw-current");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  else box()?.focus();
}

// ---- clicks and keys ------------------------------------------------------------------------------------------------

const box = () => document.querySelector("#xw-box textarea");

const go = {
  new: () => { opener = null; trigger("renew"); if (!narrow.matches) open({}); box()?.focus(); },
  toggle: () => (root.classList.contains("xw-open") ? close() : open({})),
  reports: () => { opener?.classList.remove("xw-current"); open({}); },
  close,
  theme: () => {
    const dark = document.body.classList.toggle("dark");
    try { localStorage.setItem("xiangwen-theme", dark ? "dark" : "light"); } catch { /* private windows refuse */ }
  },
};

document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest?.(selector);
  let target;
  if ((target = hit(".xw-cite"))) { event.preventDefault(); openMarker(target); }
  else if ((target = hit(".xw-report"))) { event.preventDefault(); opener = target; open({ report: target.dataset.report }); }
  else if ((target = hit("[data-at]"))) {
    event.preventDefault();
    document.getElementById(`at-${target.dataset.at}`)?.scrollIntoView({ block: "start" });
    if (narrow.matches) target.closest("details")?.removeAttribute("open");
  }
  else if ((target = hit("[data-step]"))) step(Number(target.dataset.step));
  else if ((target = hit(".xw-example"))) { trigger("ask", { question: target.dataset.question }); }
  else if ((target = hit(".xw-copy"))) copy(target);
  else if ((target = hit("[data-go]"))) go[target.dataset.go]?.();
});

document.addEventListener("input", (event) => {
  if (!event.target.matches?.(".xw-filter")) return;
  const wanted = event.target.value.trim();
  for (const row of panel().querySelectorAll(".xw-reports > li")) row.hidden = !row.textContent.includes(wanted);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && root.classList.contains("xw-open")) { event.preventDefault(); close(); }
  else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box()?.focus(); }
  else if (event.key === " " && event.target.matches?.('a[role="button"]')) { event.preventDefault(); event.target.click(); }
});

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch { // another computer of the office, without https
    const area = document.createElement("textarea");
    area.value = button.dataset.copy;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "已复制";
  setTimeout(() => { button.textContent = label; }, 1500);
}

try {
  const chosen = localStorage.getItem("xiangwen-theme");
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
} catch { /* private windows refuse */ }

watch("value", () => show(props.value));
show(props.value);
