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

function post(path, body) {
  return fetch(address(path), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function download(turn, kind) {
  const { nearest, ...answer } = turn.answer; // the rest is the answer that other programs know
  try {
    const sent = await post(`export/${kind}`, answer);
    if (!sent.ok) return announce(say(sent.status === 404 || sent.status === 405 ? "no export" : "export failed"));
    const name = turn.question.replace(/[\\/:*?"<>|\s]+/g, " ").trim().slice(0, 40);
    const link = make("a", { href: URL.createObjectURL(await sent.blob()), download: `${name || "xiangwen"}.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch {
    announce(say("lost"));
  }
}

async function sendRemark(turn, rating, remark) {
  try {
    const sent = await post("feedback", { question: turn.question, answer: turn.answer.text, rating, remark });
    announce(say(sent.ok ? "thanks" : sent.status === 404 || sent.status === 405 ? "no feedback" : "feedback failed"));
    return sent.ok;
  } catch {
    announce(say("lost"));
    return false;
  }
}

function askForRemark(turn, rating, tools) {
  tools.parentElement.querySelector(".xw-remark")?.remove();
  const text = make("textarea", { rows: 2, maxLength: 1000 });
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
