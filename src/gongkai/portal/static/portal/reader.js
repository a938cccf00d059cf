// Reading aids: remembers the elder version, prints, reads aloud. Every page is complete without this file.
const KEY = "gongkai-mode";

function remembered() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function remember(mode) {
  try { localStorage.setItem(KEY, mode); } catch { /* storage is switched off: the links still work */ }
}

const elder = document.documentElement.classList.contains("elder");
for (const link of document.querySelectorAll("a[data-mode]")) {
  link.addEventListener("click", () => remember(link.dataset.mode));
  if (!elder && remembered() === "elder" && link.dataset.twin === "yes") location.replace(link.href);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

const speech = "speechSynthesis" in window ? window.speechSynthesis : null;
const text = () => (document.querySelector("[data-readable]") ?? document.querySelector("main")).innerText;
for (const button of speech ? document.querySelectorAll("[data-read]") : []) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (speech.speaking) {
      speech.cancel();
      button.textContent = "朗读本页";
      return;
    }
    for (const line of text().split("\n").filter((part) => part.trim())) {
      const utterance = new SpeechSynthesisUtterance(line);
      utterance.lang = "zh-CN";
      utterance.rate = 0.9;
      utterance.onend = () => { if (!speech.speaking && !speech.pending) button.textContent = "朗读本页"; };
      speech.speak(utterance);
    }
    button.textContent = "停止朗读";
  });
}
addEventListener("pagehide", () => speech?.cancel());
