// The collection at the left: townships by county and year, and what of it the next question is kept to.
const listing = find("#xw-collection");
const chips = find(".xw-chips");
const drawer = window.matchMedia("(max-width: 1499px)");
const CHIPS_SHOWN = 5;
let reports = []; // { id, name, county, home, year, level, office, title, passages }, and place: the county or the home
const scope = { counties: new Set(), years: new Set(), reports: new Set() };

function takeReports(listed) {
  reports = listed.map((r) => ({ ...r, place: r.county ?? r.home ?? null }));
  ofOffices = listed.some((r) => r.office);
}

const countyName = (county) => county ?? say("no county");
const yearName = (year) => (year ? say("year", { n: year }) : say("no year"));
const placesChosen = () => scope.counties.size + scope.reports.size > 0;

// Ids of the reports that the next question is kept to; null for all.
function chosen() {
  if (!placesChosen() && !scope.years.size) return null;
  return reports
    .filter((r) => (!placesChosen() || scope.counties.has(r.place) || scope.reports.has(r.id)) && (!scope.years.size || scope.years.has(r.year)))
    .map((r) => r.id);
}

function scopeParts() { // [kind, value, name] of everything chosen
  const named = new Map(reports.map((r) => [r.id, r.name]));
  return [
    ...[...scope.counties].map((c) => ["counties", c, countyName(c)]),
    ...[...scope.reports].map((id) => ["reports", id, named.get(id)]),
    ...[...scope.years].map((y) => ["years", y, yearName(y)]),
  ];
}

function scopeLabel() {
  const names = scopeParts().map(([, , name]) => name);
  const more = names.length > CHIPS_SHOWN ? ` ${say("others", { n: names.length - CHIPS_SHOWN })}` : "";
  return names.slice(0, CHIPS_SHOWN).join(language === "zh" ? "、" : ", ") + more;
}

function choose(kind, value, on) {
  if (on) scope[kind].add(value);
  else scope[kind].delete(value);
  if (kind === "counties" && on) for (const r of reports) if (r.place === value) scope.reports.delete(r.id);
  showScope();
}

function clearScope() {
  for (const kind of Object.values(scope)) kind.clear();
  showScope();
}

function showScope() {
  const parts = scopeParts();
  const ids = chosen();
  chips.hidden = parts.length === 0 && editing === null;
  chips.replaceChildren();
  if (editing !== null) {
    chips.append(make("span", { className: "xw-editing", word: "editing", data: { n: editing + 1 } }),
      make("button", { className: "xw-plain", word: "cancel", data: { go: "stop editing" } }));
  }
  if (parts.length) {
    chips.append(make("span", { className: "xw-scope-word", word: "scope" }));
    for (const [kind, value, name] of parts.slice(0, CHIPS_SHOWN)) {
      const remove = make("button", { className: "xw-chosen", title: say("remove", { name }) }, name, make("span", { text: "×" }));
      remove.setAttribute("aria-label", say("remove", { name }));
      remove.addEventListener("click", () => { choose(kind, value, false); box.focus(); });
      chips.append(remove);
    }
    if (parts.length > CHIPS_SHOWN) chips.append(make("span", { className: "xw-scope-word", word: "others", data: { n: parts.length - CHIPS_SHOWN } }));
    chips.append(make("span", { className: "xw-scope-word", word: "chosen", data: { n: ids.length } }),
      make("button", { className: "xw-plain", word: "clear", data: { go: "clear scope" } }));
  }
  for (const tick of listing.querySelectorAll("input[type=checkbox]")) setTick(tick);
  for (const year of listing.querySelectorAll(".xw-year")) year.setAttribute("aria-pressed", String(scope.years.has(year.year)));
}

function setTick(tick) {
  const [kind, value] = tick.stands;
  const within = kind === "reports" ? scope.counties.has(tick.county) : false;
  tick.checked = scope[kind].has(value) || within;
  tick.disabled = within;
  if (kind === "counties") tick.indeterminate = !tick.checked && reports.some((r) => r.place === value && scope.reports.has(r.id));
}

function tickbox(kind, value, name, county) {
  const tick = make("input", { type: "checkbox" });
  tick.stands = [kind, value];
  tick.county = county;
  tick.setAttribute("aria-label", say("choose", { name }));
  tick.title = say("choose", { name });
  tick.addEventListener("change", () => choose(kind, value, tick.checked));
  setTick(tick);
  return tick;
}

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) { const group = groups.get(row[key]); if (group) group.push(row); else groups.set(row[key], [row]); }
  return groups;
}

function townshipRows(rows) {
  const years = groupBy(rows, "year");
  const list = make("ul");
  for (const year of [...years.keys()].sort((a, b) => (b ?? 0) - (a ?? 0))) {
    if (years.size > 1) list.append(make("li", { className: "xw-in-year", text: yearName(year) }));
    for (const r of years.get(year).sort((a, b) => collator.compare(a.name, b.name))) {
      const open = make("button", { className: "xw-report", text: r.name, title: r.title, data: { report: r.id } });
      list.append(make("li", { className: "xw-township" }, tickbox("reports", r.id, `${r.name} ${yearName(r.year)}`, r.place), open,
        !r.county && r.place && make("small", { className: "xw-inferred", word: "inferred", title: say("inferred why") }),
        years.size === 1 && make("small", { text: yearName(year) })));
    }
  }
  return list;
}

// A county's townships are put on the page when it is unfolded: with 1,500 reports all at once would be slow.
function countyGroup(county, rows, unfold) {
  const group = make("details", { className: "xw-county" });
  const name = countyName(county);
  group.append(make("summary", {}, make("span", { text: name }), make("small", { text: rows.length })));
  const fill = () => { if (group.open && !group.querySelector("ul")) group.append(townshipRows(rows)); };
  group.addEventListener("toggle", fill);
  group.open = unfold;
  fill();
  return make("div", { className: "xw-county-row" }, tickbox("counties", county, name), group);
}

function drawCollection() {
  const wanted = (listing.querySelector(".xw-find")?.value ?? "").trim();
  const search = make("input", { type: "search", className: "xw-find", value: wanted });
  search.dataset.placeholder = search.dataset.name = "find";
  search.addEventListener("input", drawCounties);
  const years = [...groupBy(reports, "year")].sort(([a], [b]) => (b ?? 0) - (a ?? 0));
  const buttons = years.map(([year, rows]) => {
    const button = make("button", { className: "xw-year" }, yearName(year), make("small", { text: rows.length }));
    button.year = year;
    button.addEventListener("click", () => choose("years", year, !scope.years.has(year)));
    return button;
  });
  const passages = reports.reduce((sum, r) => sum + r.passages, 0).toLocaleString("en-US");
  listing.replaceChildren(
    search,
    make("div", { className: "xw-years", role: "group", name: "years" }, ...buttons),
    make("div", { className: "xw-counties" }),
    make("p", { className: "xw-hint", word: "scope hint" }),
    make("p", { className: "xw-hint", word: "all", data: { n: reports.length, passages } }),
  );
  speak(listing);
  drawCounties();
}

function drawCounties() {
  const wanted = listing.querySelector(".xw-find").value.trim().toLowerCase();
  const met = reports.filter((r) => !wanted || `${countyName(r.place)}${r.name}${r.year ?? ""}${r.title}`.toLowerCase().includes(wanted));
  const counties = [...groupBy(met, "place")].sort(([a], [b]) => collator.compare(countyName(a), countyName(b)));
  const unfold = met.length <= 40;
  listing.querySelector(".xw-counties").replaceChildren(
    ...(counties.length ? counties.map(([county, rows]) => countyGroup(county, rows, unfold)) : [make("p", { className: "xw-hint", word: "find none" })]),
  );
  showScope();
}

// Beside the chat where there is room, else a drawer over it.
const left = find("#xw-left");
const leftShown = () => left.offsetWidth > 0;
const leftIsDrawer = () => narrow.matches || (drawer.matches && root.classList.contains("xw-open"));

function showLeft(open) {
  root.classList.toggle("xw-left-open", open);
  root.classList.toggle("xw-left-closed", !open && !leftIsDrawer());
  find('.xw-icon[data-go="left"]').setAttribute("aria-expanded", String(leftShown()));
}

function hideDrawer() {
  if (leftIsDrawer()) showLeft(false);
}
