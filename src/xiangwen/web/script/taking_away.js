// Taking an answer away: to the clipboard, as a file, and a remark on it to those who run the service.
const FILES = { docx: "Word", xlsx: "Excel", md: "Markdown" };
// The page may be served below a path of a larger site.
const address = (path) => window.location.pathname.replace(/\/?$/, "/") + path;

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // another computer of the office, without https
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce(say("copied"));
}

// Sends JSON to the service; what is wrong, if anything, is told in a sentence, and nothing is given back.
async function post(path, body, absent, failed) {
  try {
    const sent = await fetch(address(path), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (sent.ok) return sent;
    const told = sent.status === 404 || sent.status === 405 ? null : (await sent.json().catch(() => null))?.error;
    announce(told ?? say([404, 405].includes(sent.status) ? absent : failed));
  } catch {
    announce(say("lost"));
  }
  return null;
}

async function download(turn, kind) {
  const sent = await post(`export/${kind}`, turn.answer, "no export", "export failed");
  if (!sent) return;
  const name = turn.question.replace(/[\\/:*?"<>|\s]+/g, " ").trim().slice(0, 40);
  const link = make("a", { href: URL.createObjectURL(await sent.blob()), download: `${name || "xiangwen"}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function sendRemark(turn, rating, remark) {
  const { text, kind } = turn.answer;
  const vote = { question: turn.question, answer: { text, kind }, rating, remark };
  const sent = await post("feedback", vote, "no feedback", "feedback failed");
  if (sent) announce(say("thanks"));
  return sent;
}

function askForRemark(turn, rating, tools) {
  tools.parentElement.querySelector(".xw-remark")?.remove();
  const text = make("textarea", { rows: 2, maxLength: LIMITS.remark });
  text.dataset.placeholder = text.dataset.name = "remark";
  const form = make("form", { className: "xw-remark" }, text, make("div", {},
    make("button", { type: "submit", className: "xw-send", word: "send remark" }), make("button", { className: "xw-plain", word: "cancel", data: { go: "no remark" } })));
  speak(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await sendRemark(turn, rating, text.value.trim())) {
      for (const b of tools.querySelectorAll("[data-rate]")) b.setAttribute("aria-pressed", String(b.dataset.rate === rating));
    }
    form.remove();
  });
  tools.after(form);
  text.focus();
}
