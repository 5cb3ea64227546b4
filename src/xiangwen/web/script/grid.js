// A grid that draws only what is seen of it, so that thousands of rows by sixty columns scroll smoothly.
const grid = find(".xw-grid");
const gridHead = make("div", { className: "xw-grid-head", role: "rowgroup" });
const gridBody = make("div", { className: "xw-grid-body", role: "rowgroup" });
const gridFoot = make("div", { className: "xw-grid-foot", role: "rowgroup" });
const ROW = 46;
const BEYOND = 6; // rows drawn above and below what is seen
// What the grid shows: rows and columns of any kind, and functions that draw one piece each.
let sheet = { rows: [], columns: [], corner: () => [], head: () => [], name: () => [], cell: () => ({}), foot: [], open: () => {} };
let active = null; // { row, column }, both counted from 0; column -1 is the name
let drawn = { rows: new Map(), from: -1, to: -1 };
grid.append(gridHead, gridBody, gridFoot);

const nameWidth = () => (narrow.matches ? 132 : 236);
const columnWidth = () => (narrow.matches ? 108 : 132) * (sheet.wide ?? 1);

function drawGrid(wanted, stay = false) {
  sheet = wanted;
  const width = nameWidth() + sheet.columns.length * columnWidth();
  for (const part of [gridHead, gridBody, gridFoot]) part.style.width = `${width}px`;
  gridBody.style.height = `${sheet.rows.length * ROW}px`;
  grid.setAttribute("aria-rowcount", sheet.rows.length + 1 + sheet.foot.length);
  grid.setAttribute("aria-colcount", sheet.columns.length + 1);
  if (!stay) { grid.scrollTop = 0; setActive(null); }
  drawn.from = -1;
  drawSeen();
}

// What came into sight is drawn, what left it is taken away: rows as one scrolls down, cells as one scrolls across.
function drawSeen() {
  const wide = columnWidth();
  const from = Math.max(0, Math.floor(grid.scrollLeft / wide) - 1);
  const to = Math.min(sheet.columns.length, Math.ceil((grid.scrollLeft + grid.clientWidth - nameWidth()) / wide) + 1);
  const first = Math.max(0, Math.floor(grid.scrollTop / ROW) - BEYOND);
  const last = Math.min(sheet.rows.length, Math.ceil((grid.scrollTop + grid.clientHeight) / ROW) + BEYOND);
  if (drawn.from < 0) drawAnew(from, to);
  else if (from !== drawn.from || to !== drawn.to) drawAcross(from, to);
  for (const [number, row] of drawn.rows) {
    if (number >= first && number < last) continue;
    row.remove();
    drawn.rows.delete(number);
  }
  const entered = [];
  for (let number = first; number < last; number++) {
    if (drawn.rows.has(number)) continue;
    drawn.rows.set(number, bodyRow(number));
    entered.push(drawn.rows.get(number));
  }
  gridBody.append(...entered);
}

const headCell = (c) => placed({ role: "columnheader", ...sheet.head(sheet.columns[c]) }, c);
const footCell = (line) => (c) => placed(line.of(sheet.columns[c]), c);
const bodyCell = (number) => (c) => placed(sheet.cell(sheet.rows[number], sheet.columns[c]), c);
const range = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function drawAnew(from, to) {
  drawn = { rows: new Map(), from, to };
  gridBody.replaceChildren();
  gridHead.replaceChildren(gridRow(0, nameCell("columnheader", sheet.corner()), range(from, to).map(headCell)));
  gridFoot.replaceChildren(...sheet.foot.map((line, n) => gridRow(sheet.rows.length + 1 + n,
    nameCell("rowheader", [make("span", { word: line.word })]), range(from, to).map(footCell(line)))));
}

function drawAcross(from, to) {
  const [before, after] = [range(from, Math.min(to, drawn.from)), range(Math.max(from, drawn.to), to)];
  const change = (row, cell) => {
    for (const old of [...row.children].slice(1)) if (old.place < from || old.place >= to) old.remove();
    row.firstChild.after(...before.map(cell));
    row.append(...after.map(cell));
  };
  change(gridHead.firstChild, headCell);
  sheet.foot.forEach((line, n) => change(gridFoot.children[n], footCell(line)));
  for (const [number, row] of drawn.rows) {
    change(row, bodyCell(number));
    if (active?.row === number) markActive(row);
  }
  drawn.from = from;
  drawn.to = to;
}

function bodyRow(number) {
  const row = gridRow(number + 1, nameCell("rowheader", sheet.name(sheet.rows[number])), range(drawn.from, drawn.to).map(bodyCell(number)));
  row.style.top = `${number * ROW}px`;
  if (active?.row === number) markActive(row);
  return row;
}

function gridRow(number, name, cells) {
  const row = make("div", { className: "xw-grid-row", role: "row" }, name, ...cells);
  row.setAttribute("aria-rowindex", number + 1);
  row.place = number - 1;
  return row;
}

function nameCell(role, children) {
  const cell = make("div", { className: "xw-grid-name", role }, ...children);
  cell.style.width = `${nameWidth()}px`;
  cell.setAttribute("aria-colindex", 1);
  cell.place = -1;
  return cell;
}

function placed({ role = "gridcell", className = "", children = [], title = "", sort }, column) {
  const cell = make("div", { className: `xw-grid-cell ${className}`, role, title }, ...children);
  cell.style.left = `${nameWidth() + column * columnWidth()}px`;
  cell.style.width = `${columnWidth()}px`;
  cell.setAttribute("aria-colindex", column + 2);
  if (sort) cell.setAttribute("aria-sort", sort);
  cell.place = column;
  return cell;
}

function markActive(row) {
  const cell = [...row.children].find((c) => c.place === active.column);
  if (!cell) return;
  cell.id = "xw-active";
  cell.classList.add("xw-active");
}

function setActive(wanted) {
  const old = document.getElementById("xw-active");
  old?.classList.remove("xw-active");
  old?.removeAttribute("id");
  active = wanted;
  if (!active) { grid.removeAttribute("aria-activedescendant"); return; }
  const top = active.row * ROW;
  const room = grid.clientHeight - gridHead.offsetHeight - gridFoot.offsetHeight;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + ROW > grid.scrollTop + room) grid.scrollTop = top + ROW - room;
  const edge = active.column * columnWidth();
  const across = grid.clientWidth - nameWidth();
  if (active.column >= 0 && edge < grid.scrollLeft) grid.scrollLeft = edge;
  else if (active.column >= 0 && edge + columnWidth() > grid.scrollLeft + across) grid.scrollLeft = edge + columnWidth() - across;
  drawSeen();
  const row = drawn.rows.get(active.row);
  if (row) markActive(row);
  grid.setAttribute("aria-activedescendant", "xw-active");
}

let asked = false; // to draw at the next frame
grid.addEventListener("scroll", () => {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; drawSeen(); });
}, { passive: true });
new ResizeObserver(() => drawSeen()).observe(grid);
narrow.addEventListener("change", () => drawGrid(sheet));

grid.addEventListener("click", (event) => {
  const cell = event.target.closest(".xw-grid-body .xw-grid-row > div");
  if (!cell) return;
  setActive({ row: cell.parentElement.place, column: cell.place });
  sheet.open(sheet.rows[active.row], sheet.columns[active.column]);
});

grid.addEventListener("keydown", (event) => {
  if (event.target !== grid || !sheet.rows.length) return;
  const { row, column } = active ?? { row: 0, column: -1 };
  const page = Math.max(1, Math.floor(grid.clientHeight / ROW) - 3);
  const moves = {
    ArrowDown: [row + (active ? 1 : 0), column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
    PageDown: [row + page, column], PageUp: [row - page, column], Home: [event.ctrlKey ? 0 : row, -1], End: [event.ctrlKey ? sheet.rows.length - 1 : row, sheet.columns.length - 1],
  };
  if (event.key === "Enter" && active) sheet.open(sheet.rows[active.row], sheet.columns[active.column]);
  else if (moves[event.key]) {
    const [r, c] = moves[event.key];
    setActive({ row: Math.min(Math.max(r, 0), sheet.rows.length - 1), column: Math.min(Math.max(c, -1), sheet.columns.length - 1) });
  } else return;
  event.preventDefault();
});
