// The page put together: clicks, keys, and what the server reports.
const go = {
  left: () => showLeft(!leftShown()),
  new: () => { showView("chat"); startChat(); hideDrawer(); if (!narrow.matches) box.focus(); },
  language: () => {
    setLanguage(language === "zh" ? "en" : "zh");
    drawCollection();
    drawChats();
    if (opened) openReport(opened);
    if (ready) welcome({ stage: "ready" });
    drawLedger();
  },
  "chat view": () => showView("chat"),
  "ledger view": () => showView("ledger"),
  theme: () => setDark(!document.body.classList.contains("dark")),
  "log out": () => { // on a shared computer the next person is not to read what this one asked
    kept.drop("chats");
    window.location.assign(address("logout"));
  },
  close: closeReport,
  edit: (button) => edit(turnOf(button)),
  retry: (button) => retry(turnOf(button)),
  "stop editing": stopEditing,
  "clear scope": () => { clearScope(); box.focus(); },
  "no remark": (button) => button.closest(".xw-remark").remove(),
};

const clicks = {
  ".xw-cite": (marker) => {
    const turn = turnOf(marker);
    hideQuote(marker);
    openReport({ turn, n: Number(marker.dataset.n), near: marker.classList.contains("xw-near") }, marker);
  },
  ".xw-report": (button) => openReport({ report: button.dataset.report }, button),
  ".xw-sort": sortBy,
  ".xw-all": showAllRows,
  ".xw-example": (button) => ask(button.dataset.question),
  "[data-copy]": (button) => copyText(button.dataset.copy),
  "[data-step]": (button) => step(Number(button.dataset.step)),
  "[data-at]": (link) => {
    document.getElementById(`at-${link.dataset.at}`)?.scrollIntoView({ block: "start" });
    if (narrow.matches) link.closest("details")?.removeAttribute("open");
  },
  "[role=tab]": showTab,
  "[data-go]": (button) => go[button.dataset.go]?.(button),
};

element.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const target = event.target.closest?.(selector);
    if (!target) continue;
    if (target.matches("a")) event.preventDefault();
    act(target);
    return;
  }
});

function showTab(tab) {
  for (const other of element.querySelectorAll("[role=tab]")) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy) { stop(); return; }
  if (ask(box.value, editing ?? chat.turns.length)) { box.value = ""; grow(); }
});
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  // While Chinese is being composed, Enter takes the word and sends nothing.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!busy) form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") {
    if (leftIsDrawer() && leftShown()) hideDrawer();
    else if (editing !== null) stopEditing();
    else if (root.classList.contains("xw-open")) closeReport();
    else return;
    event.preventDefault();
  } else if (event.key === "/" && !typing && plain) {
    event.preventDefault();
    (ledgerShown() ? find("#xw-ledger .xw-find-township") : box).focus();
  } else if (["ArrowLeft", "ArrowRight"].includes(event.key) && event.target.matches?.("[role=tab]")) {
    const other = [...element.querySelectorAll("[role=tab]")].find((tab) => tab !== event.target);
    showTab(other);
    other.focus();
  }
});

async function takeOpening(status) {
  if (status.stage !== "ready") { welcome(status); return; }
  if (ready) return;
  const listed = await call("collection", null, null);
  if (!listed) { failed(); return; }
  takeReports(listed);
  ready = true;
  drawCollection();
  const last = chats.find((c) => c.id === kept.get("chat"));
  if (last) showChat(last);
  else welcome(status);
  turns.dataset.ready = "true";
  if (window.location.hash === "#ledger") showView("ledger");
  if (!narrow.matches && !ledgerShown()) box.focus();
}

function take(value) {
  if (value?.id) receive(value);
  else if (value?.opening) takeOpening(value.opening);
}

function failed() { // what the service said, or that there is no answer
  const sentence = refusal ?? say("failed");
  if (busy) finish(busy, problem(sentence));
  else if (!ready) welcome({ stage: "problem", problem: sentence });
}

window.addEventListener("xw-failed", failed);
narrow.addEventListener("change", () => { box.dataset.placeholder = narrow.matches ? "placeholder short" : "placeholder"; speak(form); });

if (kept.get("theme")) setDark(kept.get("theme") === "dark");
if (narrow.matches) box.dataset.placeholder = "placeholder short";
find('[data-go="log out"]').hidden = !GUARDED;
setLanguage(language);
drawChats();
watch("value", () => take(props.value));
take(props.value);
