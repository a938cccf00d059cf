// Opens the findings beside the editor once, when there are any: what is wrong should be seen without a click.
const toggle = document.querySelector('[data-side-panel-toggle="findings"]');
const panel = document.querySelector('[data-records-open-findings]');
if (toggle && panel && window.matchMedia('(min-width: 80rem)').matches && !document.querySelector('.side-panel-open')) {
  window.requestAnimationFrame(() => toggle.click());
}
