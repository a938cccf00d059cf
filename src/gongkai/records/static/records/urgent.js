// Keeps the counters of an event fresh, and looks at what is being typed: clocks and findings without waiting for a save.
const spell = (seconds) => {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const words = minutes >= 60 ? `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分` : `${minutes} 分`;
  return seconds < 0 ? `逾期 ${words}` : `还有 ${words}`;
};
const tick = () => {
  for (const shown of document.querySelectorAll('[data-ends]')) {
    const left = (new Date(shown.dataset.ends) - Date.now()) / 1000;
    const words = spell(left);
    if (shown.textContent !== words) shown.textContent = words;
    const box = shown.closest('.gk-counter');
    if (box && left < 0) box.classList.replace('gk-counter--near', 'gk-counter--late') || box.classList.replace('gk-counter--fine', 'gk-counter--late');
  }
};
tick();
window.setInterval(tick, 5000);

const form = document.querySelector('form[data-look]');
if (form) {
  const fresh = form.querySelector('[data-new-event]');
  const event = form.querySelector('#id_event');
  const choose = () => { if (fresh && event) fresh.hidden = event.value !== 'new'; };
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const data = new FormData(form);
    data.delete('file');
    const turn = ++asked;
    const answer = await fetch(form.dataset.look, { method: 'POST', body: data, credentials: 'same-origin' }).catch(() => null);
    if (answer && answer.ok && turn === asked) {
      const seen = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const place of document.querySelectorAll('[data-shows]')) {
        const part = seen.querySelector(`[data-part="${place.dataset.shows}"]`);
        if (part) place.replaceChildren(...part.childNodes);
      }
      tick();
    }
  };
  form.addEventListener('input', (change) => {
    if (change.target.type === 'file') return;
    choose();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 700);
  });
  choose();
}
