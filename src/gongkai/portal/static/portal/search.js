// Search help: "/" goes to the box, the chosen facet applies at once. Everything works without this file.
const box = document.querySelector("#q");
addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
for (const choice of document.querySelectorAll("select[data-apply]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
