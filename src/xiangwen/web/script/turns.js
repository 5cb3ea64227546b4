// Questions and answers: asking, showing what arrives, stopping, asking again, editing, what to ask next.
const turns = find(".xw-turns");
const form = find("#xw-box");
const box = form.querySelector("textarea");
const send = form.querySelector(".xw-send");
const READING_MS = 800; // whoever asks on at once is spared the suggestions, and so is the service
let busy = null; // the turn that is being answered
let begun = false; // whether the server has said anything on it
let editing = null; // the place of the question that is being edited
let ready = false;

const turnOf = (part) => chat.turns.find((t) => t.id === part.closest(".xw-turn")?.dataset.turn);
const partOf = (turn) => turns.querySelector(`[data-turn="${turn.id}"]`);
const problem = (sentence) => make("div", { className: "xw-notice xw-problem", role: "alert" }, make("p", { text: sentence }));

function ask(question, at = chat.turns.length) {
  question = question.trim();
  if (busy || !question) return false;
  const ids = chosen();
  if (ids?.length === 0) { announce(say("none chosen")); return false; }
  for (const old of chat.turns.splice(at)) partOf(old)?.remove();
  if (!chat.turns.length) turns.replaceChildren();
  const turn = { id: newId(), question, scope: ids ? scopeLabel() : "", reports: ids, answer: null };
  chat.turns.push(turn);
  editing = null;
  showScope();
  turns.querySelector(".xw-next")?.remove();
  drawTurn(turn);
  turns.scrollTo({ top: partOf(turn).offsetTop });
  setBusy(turn);
  trigger("ask", { id: turn.id, question, reports: ids, history: chat.turns.slice(0, -1).map((t) => t.question).slice(-LIMITS.history) });
  return true;
}

function setBusy(turn) {
  busy = turn;
  begun = false;
  send.dataset.word = turn ? "stop" : "send";
  send.textContent = say(send.dataset.word);
  send.classList.toggle("xw-stop", Boolean(turn));
}

function drawTurn(turn) {
  const edit = make("button", { className: "xw-plain", word: "edit", data: { go: "edit" } });
  turns.append(make("section", { className: "xw-turn", data: { turn: turn.id } },
    make("div", { className: "xw-question", text: turn.question }),
    make("div", { className: "xw-about-question" }, turn.scope && make("small", { text: `${say("scope")} ${turn.scope}` }), edit),
    make("div", { className: "xw-answer" })));
}

function showAnswer(turn, html) {
  const answer = partOf(turn).querySelector(".xw-answer");
  answer.innerHTML = html;
  answer.setAttribute("aria-busy", String(!turn.answer));
  if (turn.answer) showTools(turn);
}

function showTools(turn) {
  partOf(turn).querySelector(".xw-tools")?.remove();
  partOf(turn).append(make("div", { className: "xw-tools", role: "group", name: "tools" }, ...toolsOf(turn)));
}

function toolsOf(turn) {
  const retry = make("button", { className: "xw-plain", word: "retry", data: { go: "retry" } });
  if (!turn.answer) return [retry];
  const take = make("button", { className: "xw-plain", word: "copy" });
  take.addEventListener("click", () => copyText(turn.copy));
  const files = turn.answer.answered ? Object.entries(FILES).map(([kind, name]) => {
    const button = make("button", { className: "xw-plain", text: name, name: "download", data: { kind: name } });
    button.addEventListener("click", () => download(turn, kind));
    return button;
  }) : [];
  const rates = [["up", "good"], ["down", "bad"]].map(([rate, word]) => {
    const button = make("button", { className: `xw-plain xw-${rate}`, word, data: { rate } });
    button.addEventListener("click", () => askForRemark(turn, rate, button.closest(".xw-tools")));
    return button;
  });
  return [turn.answer.answered && take, ...files, retry, make("span", { className: "xw-space" }), ...rates].filter(Boolean);
}

function showWaiting(turn, { opening, checking }) {
  const answer = partOf(turn).querySelector(".xw-answer");
  answer.setAttribute("aria-busy", "true");
  answer.replaceChildren(opening ? progress(opening) : make("p", { className: "xw-waiting", text: say("checking", { n: checking }) }));
}

function finish(turn, message) { // without an answer: stopped, failed, or not kept
  if (busy === turn) setBusy(null);
  const answer = partOf(turn).querySelector(".xw-answer");
  answer.setAttribute("aria-busy", "false");
  answer.replaceChildren(message);
  showTools(turn);
}

function receive(step) { // a piece of the answer to the turn that waits for it; one that was stopped takes none
  const turn = busy;
  if (!turn || step.id !== turn.id) return;
  begun = true;
  if (step.problem) finish(turn, problem(step.problem));
  else if (step.html === undefined) showWaiting(turn, step);
  else {
    if (step.answer) { Object.assign(turn, { answer: step.answer, html: step.html, copy: step.copy }); setBusy(null); }
    showAnswer(turn, step.html);
    if (step.answer) { keepTurn(); suggestNext(turn); }
  }
}

function stop() {
  if (!busy) return;
  if (begun) trigger("stop"); // what has not begun cannot be cancelled; its answer finds nobody waiting
  finish(busy, make("p", { className: "xw-muted", word: "stopped" }));
}

function retry(turn) {
  ask(turn.question, chat.turns.indexOf(turn));
}

function edit(turn) {
  if (busy) return;
  editing = chat.turns.indexOf(turn);
  box.value = turn.question;
  grow();
  showScope();
  box.focus();
}

function stopEditing() {
  editing = null;
  box.value = "";
  grow();
  showScope();
  box.focus();
}

function grow() { // the box is as high as what is typed, up to six lines
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 168)}px`;
}

// ---- what to ask next ------------------------------------------------------------------------------------------------

const suggested = (wanted) => call("suggest", { reports: chosen(), ...wanted }, []);

const questionButtons = (questions) => questions.map((q) => make("button", { className: "xw-example", text: q, data: { question: q } }));

async function suggestNext(turn) {
  await new Promise((read) => { setTimeout(read, READING_MS); });
  if (busy || chat.turns.at(-1) !== turn) return;
  const found = await suggested({
    language: turn.answer.language,
    asked: chat.turns.map((t) => t.question),
    after: turn.answer.citations.map((c) => [c.report, c.start]),
  });
  if (busy || !found.length || chat.turns.at(-1) !== turn || turns.querySelector(".xw-next")) return;
  partOf(turn).append(make("div", { className: "xw-next" }, make("h2", { word: "next questions" }), ...questionButtons(found)));
}

async function welcome(status) {
  if (chat.turns.length) return;
  const examples = make("div", { className: "xw-examples", role: "group", name: "examples" });
  const over = status.stage === "ready";
  turns.replaceChildren(make("div", { className: "xw-welcome" }, make("h2", { word: "welcome" }), make("p", { word: "welcome text" }),
    status.stage === "problem" ? problem(status.problem) : over ? examples : progress(status)));
  if (!over) return;
  examples.append(...questionButtons(await suggested({ language })));
}

function progress({ stage, done, total, problem: sentence }) {
  if (stage === "problem") return problem(sentence);
  const words = say(`stage ${stage}`);
  if (!total) return make("p", { className: "xw-waiting", text: `${words}……` });
  const bar = make("i");
  bar.style.width = `${(100 * done) / total}%`;
  const shown = make("div", { className: "xw-progress", role: "progressbar", ariaValueMin: 0, ariaValueMax: total, ariaValueNow: done, ariaLabel: words },
    make("p", {}, `${words} `, make("b", { text: `${done}/${total}` })), make("span", { className: "xw-bar" }, bar));
  return shown;
}

// ---- conversations on the page ---------------------------------------------------------------------------------------

function startChat() {
  if (busy) stop();
  chat = newChat();
  editing = null;
  showScope();
  turns.replaceChildren();
  welcome({ stage: ready ? "ready" : "open" });
  kept.set("chat", chat.id);
  drawChats();
}

function showChat(wanted) {
  if (busy) stop();
  chat = wanted;
  editing = null;
  kept.set("chat", chat.id);
  drawChats();
  showScope();
  turns.replaceChildren();
  for (const turn of chat.turns) {
    drawTurn(turn);
    if (turn.answer) showAnswer(turn, turn.html);
    else finish(turn, make("p", { className: "xw-muted", word: "not kept" }));
  }
  turns.scrollTo({ top: turns.scrollHeight });
  hideDrawer();
}
