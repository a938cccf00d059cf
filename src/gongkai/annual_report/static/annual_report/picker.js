// Binding figures while writing: typing {{ (or the button) opens a list to choose from; a number that is bound to nothing is bound by one press.
const figures = [...document.querySelectorAll("tr[data-figure]")].map((row) => ({
  id: row.dataset.figure, name: row.cells[1].textContent.trim(), printed: row.cells[2].textContent.trim(),
}));
const SHOWN = 12;

const panel = document.createElement("div");
panel.className = "gk-picker";
panel.hidden = true;
panel.setAttribute("role", "dialog");
panel.setAttribute("aria-label", "选择要绑定的数字");
panel.innerHTML = `<label for="gk-picker-words">找数字（名称、编号或数）</label>
<input id="gk-picker-words" type="text" role="combobox" autocomplete="off" aria-autocomplete="list" aria-expanded="true" aria-controls="gk-picker-list">
<ul id="gk-picker-list" role="listbox" aria-label="数字"></ul><p class="gk-hint" role="status"></p>`;
document.body.append(panel);
const words = panel.querySelector("input"), list = panel.querySelector("ul"), told = panel.querySelector("[role=status]");
let area = null, at = 0, chosen = 0, found = [];

function fits(figure, text) {
  return [figure.id, figure.name, figure.printed].some((part) => part.toLowerCase().includes(text));
}

function draw() {
  const text = words.value.trim().toLowerCase();
  const all = figures.filter((figure) => fits(figure, text));
  found = all.slice(0, SHOWN);
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list.replaceChildren(...found.map((figure, place) => {
    const option = document.createElement("li");
    option.id = `gk-picker-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(place === chosen));
    const name = document.createElement("span"), printed = document.createElement("b");
    name.textContent = figure.name;
    printed.textContent = figure.printed;
    option.append(name, " ", printed);
    option.addEventListener("mousedown", (event) => { event.preventDefault(); insert(figure); });
    return option;
  }));
  if (found.length) words.setAttribute("aria-activedescendant", `gk-picker-${chosen}`);
  else words.removeAttribute("aria-activedescendant");
  told.textContent = all.length > SHOWN ? `共 ${all.length} 个，列出前 ${SHOWN} 个，再写几个字` : all.length ? `共 ${all.length} 个` : "没有这样的数字";
}

function open(target, position) {
  area = target;
  at = position;
  chosen = 0;
  words.value = "";
  area.closest(".gk-field").append(panel);
  panel.hidden = false;
  draw();
  words.focus();
}

function close(position) {
  panel.hidden = true;
  area.focus();
  area.setSelectionRange(position, position);
}

function insert(figure) {
  const before = area.value.slice(0, at), open_ = before.endsWith("{{") ? before : `${before}{{`;
  const rest = area.value.slice(at).replace(/^\}\}/, "");
  const mark = `${open_}${figure.id}}}`;
  area.value = mark + rest;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  close(mark.length);
}

words.addEventListener("input", () => { chosen = 0; draw(); });
words.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : found.length - 1;
    chosen = found.length ? (chosen + step) % found.length : 0;
    draw();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (found[chosen]) insert(found[chosen]);
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    close(at);
  }
});

for (const target of document.querySelectorAll("textarea[data-figures]")) {
  target.addEventListener("input", (event) => {
    const position = target.selectionStart;
    if (event.data === "{" && target.value.slice(0, position).endsWith("{{")) open(target, position);
  });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gk-button gk-button--quiet";
  button.textContent = "插入数字";
  button.addEventListener("click", () => open(target, target.selectionStart));
  target.after(button);
}

for (const button of document.querySelectorAll("button[data-bind]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const target = document.getElementById(button.dataset.area), number = button.dataset.words;
    let place = Number(button.dataset.start);
    if (target.value.slice(place, place + number.length) !== number) place = target.value.indexOf(number);
    if (place < 0) return;
    const mark = `{{${button.dataset.bind}}}`;
    target.setRangeText(mark, place, place + number.length, "end");
    button.closest("li").hidden = true;
    target.focus();
  });
}
