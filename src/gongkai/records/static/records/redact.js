// Draws boxes on the pages of a PDF and keeps them in the form's rows; without script the rows are filled in by hand.
const form = document.querySelector('[data-redact]');
const sides = ['left', 'top', 'right', 'bottom'];
const field = (row, name) => row.querySelector(`[name=${name}]`);
const rows = () => [...form.querySelectorAll('[data-box]')];

function freeRow() {
  const free = rows().find((row) => ['page', ...sides].every((name) => !field(row, name).value));
  if (free) return free;
  const last = rows().at(-1);
  const row = last.cloneNode(true);
  const number = rows().length + 1;
  for (const input of row.querySelectorAll('input, select')) {
    if (input.tagName === 'INPUT') input.value = '';
    input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/第 \d+ 框/, `第 ${number} 框`));
  }
  last.after(row);
  return row;
}

function draw() {
  for (const old of document.querySelectorAll('.gk-redact-box')) old.remove();
  for (const row of rows()) {
    const [left, top, right, bottom] = sides.map((name) => Number.parseFloat(field(row, name).value));
    const sheet = document.querySelector(`[data-page="${Number(field(row, 'page').value)}"] .gk-redact-sheet`);
    if (!sheet || !(right > left) || !(bottom > top)) continue;
    const box = document.createElement('button');
    box.type = 'button';
    box.className = 'gk-redact-box';
    box.textContent = field(row, 'ground').value;
    box.title = '点一下去掉这个框';
    Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
    box.addEventListener('click', () => {
      for (const name of ['page', ...sides]) field(row, name).value = '';
      draw();
    });
    sheet.append(box);
  }
}

for (const figure of document.querySelectorAll('[data-page]')) {
  const sheet = figure.querySelector('.gk-redact-sheet');
  let start = null;
  const at = (event) => {
    const area = sheet.getBoundingClientRect();
    const share = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
    return [share(event.clientX - area.left, area.width), share(event.clientY - area.top, area.height)];
  };
  sheet.addEventListener('pointerdown', (event) => {
    if (event.button || event.target.closest('.gk-redact-box')) return;
    start = at(event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener('pointerup', (event) => {
    if (!start) return;
    const [x, y] = at(event);
    const [left, right] = [start[0], x].sort((a, b) => a - b);
    const [top, bottom] = [start[1], y].sort((a, b) => a - b);
    start = null;
    if (right - left < 0.3 || bottom - top < 0.3) return;
    const row = freeRow();
    field(row, 'page').value = figure.dataset.page;
    [left, top, right, bottom].forEach((value, index) => { field(row, sides[index]).value = value.toFixed(2); });
    draw();
  });
}
if (form) {
  form.addEventListener('input', draw);
  draw();
}
