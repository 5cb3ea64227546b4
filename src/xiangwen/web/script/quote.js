// The quote beside a marker, on hover and on focus.
const tip = find("#xw-tip");

function showQuote(marker) {
  const turn = turnOf(marker);
  const cited = turn && citationsOf(turn, marker.classList.contains("xw-near")).find((c) => c.n === Number(marker.dataset.n));
  if (!cited) return;
  const where = [cited.township ?? cited.file, cited.year && say("year", { n: cited.year }), ...cited.section].filter(Boolean);
  tip.replaceChildren(make("q", { text: cited.quote }), make("small", { text: where.join(" › ") }));
  tip.hidden = false;
  marker.setAttribute("aria-describedby", "xw-tip");
  const at = marker.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 24), window.innerWidth - tip.offsetWidth - 8);
  const above = at.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideQuote(marker) {
  tip.hidden = true;
  marker?.removeAttribute("aria-describedby");
}

for (const [event, act] of [["mouseover", showQuote], ["focusin", showQuote], ["mouseout", hideQuote], ["focusout", hideQuote]]) {
  element.addEventListener(event, (e) => { const marker = e.target.closest?.(".xw-cite"); if (marker) act(marker); });
}
element.addEventListener("scroll", () => hideQuote(), true);
