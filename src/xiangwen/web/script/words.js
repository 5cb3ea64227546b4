// The page's words and its two switches, language and light or dark. WORDS holds [Chinese, English] of each,
// WORDS_OF_OFFICES those that differ where not all issuers of the collection are townships.
// Runs inside Gradio's js_on_load, which provides element, trigger, props, server and watch; all scripts share a scope.
const root = document.querySelector(".gradio-container");
const find = (selector) => element.querySelector(selector);

const kept = { // what the browser keeps; private windows refuse
  get: (key) => { try { return localStorage.getItem(`xiangwen-${key}`); } catch { return null; } },
  drop: (key) => { try { localStorage.removeItem(`xiangwen-${key}`); } catch { /* nothing was kept */ } },
  set: (key, value) => { try { localStorage.setItem(`xiangwen-${key}`, value); return true; } catch { return false; } },
};

let language = kept.get("language") === "en" ? "en" : "zh";

let ofOffices = false;

function say(key, places = {}) {
  const words = ((ofOffices && WORDS_OF_OFFICES[key]) || WORDS[key])[language === "zh" ? 0 : 1];
  return words.replace(/\{(\w+)\}/g, (_, name) => places[name] ?? "");
}

// Elements name their words, so that a switch of the language reaches all of them.
function speak(part = element) {
  const each = (name, write) => part.querySelectorAll(`[data-${name}]`).forEach((e) => write(e, say(e.dataset[name], e.dataset)));
  each("word", (e, words) => { e.textContent = words; });
  each("name", (e, words) => { e.setAttribute("aria-label", words); if (e.matches("button")) e.title = words; });
  each("placeholder", (e, words) => { e.placeholder = words; });
}

// An element with its class, its word and what stands in it; texts of reports only ever enter as text.
function make(tag, { word, name, text, data = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  Object.assign(made.dataset, data);
  if (word) { made.dataset.word = word; made.textContent = say(word, data); }
  if (name) { made.dataset.name = name; made.setAttribute("aria-label", say(name, data)); if (tag === "button") made.title = say(name, data); }
  if (text !== undefined) made.textContent = text;
  if (tag === "button" && !properties.type) made.type = "button";
  made.append(...children.filter(Boolean));
  return made;
}

function setLanguage(wanted) {
  language = wanted;
  kept.set("language", wanted);
  document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
  speak();
}

function setDark(dark) {
  document.body.classList.toggle("dark", dark);
  kept.set("theme", dark ? "dark" : "light");
}

// A function of the server; what it gives where it cannot be reached is told by its last argument.
async function call(name, argument, otherwise) {
  try {
    return (await server[name](argument)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

let saidLast;
function announce(words) { // a short sentence at the foot of the page, also for screen readers
  const said = find(".xw-said");
  said.textContent = words;
  said.classList.add("xw-shown");
  clearTimeout(saidLast);
  saidLast = setTimeout(() => said.classList.remove("xw-shown"), 3500);
}
