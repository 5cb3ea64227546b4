// Conversations, kept in the browser alone: they survive a reload, the oldest make room for new ones.
const KEPT_VERSION = 1;
const MOST_CHATS = 50;
const MOST_CHARACTERS = 2_500_000; // half of what browsers allow a site
const LONGEST_TURN = 400_000; // an answer over a thousand reports is asked again rather than kept
const chatList = find("#xw-chats");

const newId = () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
const newChat = () => ({ id: newId(), title: "", at: Date.now(), turns: [] });

const forgotten = new Set(); // deleted here, whatever another window still keeps
let chats = readChats();
let chat = newChat();

function readChats() {
  try {
    const stored = JSON.parse(kept.get("chats"));
    return stored.version === KEPT_VERSION && Array.isArray(stored.chats) ? stored.chats.filter((c) => Array.isArray(c.turns)) : [];
  } catch {
    return [];
  }
}

function saveChats() {
  const others = readChats().filter((c) => c.id !== chat.id && !forgotten.has(c.id)); // another window may have added some
  chats = (chat.turns.length ? [chat, ...others] : others).sort((a, b) => b.at - a.at).slice(0, MOST_CHATS);
  const text = () => JSON.stringify({ version: KEPT_VERSION, chats: chats.map((c) => ({ ...c, turns: c.turns.map(lighter) })) });
  while (chats.length > 1 && text().length > MOST_CHARACTERS) chats.pop();
  while (!kept.set("chats", text()) && chats.length) chats.pop();
  kept.set("chat", chat.id);
  drawChats();
}

// A turn is { id, question, scope, reports, answer, html, copy }: html is the answer as the server wrote and escaped it.
function keepTurn() {
  chat.title ||= chat.turns[0].question.slice(0, 60);
  chat.at = Date.now();
  saveChats();
}

function lighter(turn) {
  if (JSON.stringify(turn).length <= LONGEST_TURN) return turn;
  const { answer, html, copy, ...asked } = turn;
  return { ...asked, answer: null };
}

function forget(id) {
  forgotten.add(id);
  if (id === chat.id) startChat();
  saveChats();
}

function drawChats() {
  const rows = chats.map((c) => {
    const open = make("button", { className: "xw-chat-title", text: c.title, title: c.title });
    if (c.id === chat.id) open.setAttribute("aria-current", "true");
    open.addEventListener("click", () => showChat(c));
    const remove = make("button", { className: "xw-icon", text: "×" });
    remove.setAttribute("aria-label", say("delete", { name: c.title }));
    remove.title = say("delete", { name: c.title });
    remove.addEventListener("click", () => forget(c.id));
    const day = new Date(c.at).toLocaleDateString(language === "zh" ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric" });
    return make("li", {}, open, make("small", { text: day }), remove);
  });
  chatList.replaceChildren(
    rows.length ? make("ul", {}, ...rows) : make("p", { className: "xw-hint", word: "no chats" }),
    make("p", { className: "xw-hint", word: "chats kept" }),
  );
  if (!rows.length) return;
  const all = make("button", { className: "xw-plain", word: "delete all" });
  all.addEventListener("click", () => {
    if (all.dataset.word === "delete all") { // a second click confirms
      all.dataset.word = "really";
      all.textContent = say("really");
      return;
    }
    for (const c of chats) forgotten.add(c.id);
    startChat();
    saveChats();
  });
  chatList.append(all);
}
