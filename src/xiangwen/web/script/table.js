// Tables sort by a click on a column's name; what lies beyond the first rows stays folded.
const collator = new Intl.Collator("zh-CN", { numeric: true });

function sortBy(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const column = [...head.parentElement.children].indexOf(head);
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.children[column].dataset.key;
  const rows = [...table.tBodies[0].rows].sort((a, b) => collator.compare(key(a), key(b)) || 0);
  const numbers = rows.every((row) => key(row) !== "" && !Number.isNaN(Number(key(row))));
  if (numbers) rows.sort((a, b) => key(a) - key(b));
  if (down) rows.reverse();
  const shown = Number(table.nextElementSibling?.dataset.rows ?? rows.length);
  rows.forEach((row, place) => row.classList.toggle("xw-beyond", place >= shown));
  table.tBodies[0].append(...rows);
}

function showAllRows(button) {
  button.previousElementSibling.classList.add("xw-every");
  button.remove();
}
